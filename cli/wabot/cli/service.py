"""`wabot service`: `wabot run` as a service of systemd."""

import os
import pwd
import re
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import say
from wabot.cli.tenants import DEFAULT
from wabot.daemon.unit import Service, is_edited, unit
from wabot.model.errors import UsageError, WabotError

_SYSTEM: Final = Path("/etc/systemd/system")
_STATE: Final = Path("/var/lib/wabot")
_MEMORY: Final = re.compile(r"infinity|[1-9][0-9]{0,15}([.][0-9]{1,9})?[KMGT]|[1-9][0-9]{0,17}|([1-9][0-9]?|100)%")
_ACCOUNT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,30}")


class Order(StrEnum):
    install = "install"
    uninstall = "uninstall"
    status = "status"


def service(
    order: Annotated[Order, typer.Argument(help="What to do.")],
    path: Annotated[Path | None, typer.Argument(help="install: the folder of tenants.", show_default="./rules")] = None,
    data: Annotated[
        Path | None, typer.Option(help="The daemon's data folder.", show_default="/var/lib/wabot; with --user, ./data")
    ] = None,
    user: Annotated[bool, typer.Option("--user", help="A service of this user, not of the machine.")] = False,
    account: Annotated[str, typer.Option(help="The user whom the machine's service runs as.")] = "wabot",
    name: Annotated[str, typer.Option(help="The service's name.")] = "wabot",
    memory_max: Annotated[str, typer.Option(help="As in systemd: 2G. The service is killed beyond it.")] = "",
    shown: Annotated[bool, typer.Option("--print", "--dry-run", help="Show the unit, and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace or remove a unit that was edited.")] = False,
) -> None:
    """Install a hardened systemd unit for `wabot run`, remove it, or show how it stands."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise UsageError(f"--name {name}: a service's name has letters, digits, - and _ only")
    file = (_users() if user else _SYSTEM) / f"{name}.service"
    if order is Order.install:
        rules = _rules(path)
        kept = (data or (Path("data") if user else _STATE)).absolute()
        _check(account, memory_max, (rules, kept))
        text = unit(
            Service(_command(), Path(sys.executable).resolve(), rules, kept, "" if user else account, memory_max)
        )
        if shown:
            typer.echo(text, nl=False)
        else:
            _prepare(kept, "" if user else account)
            _write(file, text, force)
            _tell_next(name, user)
        raise typer.Exit(CLEAN)
    if path is not None:
        raise UsageError(f"`wabot service {order}` takes no folder")
    raise typer.Exit(_uninstall(file, name, user, force) if order is Order.uninstall else _status(file, name, user))


def _check(account: str, memory_max: str, paths: tuple[Path, ...]) -> None:
    """The unit has a line for each: what is no plain value could write another."""
    if not _ACCOUNT.fullmatch(account):
        raise UsageError(f"--account `{account}` is no name of a user: letters, digits, _ and - only")
    if memory_max and not _MEMORY.fullmatch(memory_max):
        raise UsageError(
            f"--memory-max needs bytes such as 500M or 2G, or a percentage such as 50%, not `{memory_max}`"
        )
    for path in paths:
        if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", str(path)):
            raise UsageError(f"systemd takes no path with control characters: `{path}`")


def _rules(path: Path | None) -> Path:
    from wabot.language.folders import find_tenants

    rules = path or DEFAULT
    found = find_tenants(rules)
    if not found.folders:
        raise UsageError(f"{rules}: {found.diagnostics[0].message}; {found.diagnostics[0].hint}")
    return rules.absolute()


def _command() -> tuple[str, ...]:
    script = Path(sys.executable).with_name("wabot")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "wabot")


def _users() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _prepare(data: Path, account: str) -> None:
    """See to it that the service can start: that its user and its data folder are there."""
    if not account:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    try:
        pwd.getpwnam(account)
    except KeyError:
        raise UsageError(
            f"there is no user {account}; make one (useradd --system --home-dir {_STATE} --shell /usr/sbin/nologin "
            f"{account}), or name another with --account"
        ) from None
    if not data.is_relative_to("/var/lib") and not data.is_dir():  # below /var/lib systemd makes it
        raise UsageError(f"there is no folder {data}; make it (install -d -m 0700 -o {account} -g {account} {data})")


def _write(file: Path, text: str, force: bool) -> None:
    try:
        before = file.read_text("utf-8", "replace") if file.exists() else None
        if before == text:
            say(f"{file} is as it should be")
            return
        _refuse_edited(file, before, force)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        draft.write_text(text, "utf-8")
        draft.chmod(0o644)
        draft.replace(file)
    except PermissionError as error:
        raise WabotError(f"{file} cannot be written: {error.strerror}; run it as root, or add --user") from error
    say(f"{'wrote' if before is None else 'replaced'} {file}")


def _refuse_edited(file: Path, before: str | None, force: bool) -> None:
    if before is not None and is_edited(before) and not force:
        raise UsageError(
            f"{file} was edited, or made by somebody else, and is left as it is; --force replaces or removes it "
            "(changes are better kept by `systemctl edit`)"
        )


def _tell_next(name: str, user: bool) -> None:
    systemctl = "systemctl --user" if user else "systemctl"
    say("Link each tenant's number: `wabot pair TENANT`, as the same user and with the same --data. And:")
    say(f"  {systemctl} daemon-reload\n  {systemctl} enable --now {name}")
    if user:
        say(
            f"  loginctl enable-linger {pwd.getpwuid(os.getuid()).pw_name}   # it runs while you are not logged in, too"
        )


def _uninstall(file: Path, name: str, user: bool, force: bool) -> int:
    if not file.exists():
        raise UsageError(f"there is no {file}; nothing was installed there")
    systemctl = ["systemctl", *(["--user"] if user else [])]
    _refuse_edited(file, file.read_text("utf-8", "replace"), force)
    if shutil.which("systemctl"):
        subprocess.run([*systemctl, "disable", "--now", name], check=False, capture_output=True)
    try:
        file.unlink()
    except PermissionError as error:
        raise WabotError(f"{file} cannot be removed: {error.strerror}; run it as root") from error
    say(f"removed {file}; data and rules stay. Then: {' '.join(systemctl)} daemon-reload")
    return CLEAN


def _status(file: Path, name: str, user: bool) -> int:
    if not file.exists():
        say(f"{file} is not installed")
        return FINDINGS
    say(f"{file} is installed{', and edited' if is_edited(file.read_text('utf-8', 'replace')) else ''}")
    if not shutil.which("systemctl"):
        say("there is no systemctl here")
        return FINDINGS
    command = ["systemctl", *(["--user"] if user else []), "is-active", name]
    active = subprocess.run(command, check=False, capture_output=True, text=True)
    say(f"systemd says: {active.stdout.strip() or active.stderr.strip()}")
    return CLEAN if active.returncode == 0 else FINDINGS
