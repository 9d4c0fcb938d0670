"""What `wabot pair` and `wabot unpair` share: which tenant, which number, and how the outcome is told."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wabot.cli.exit_codes import CLEAN, FAILURE, INTERRUPTED
from wabot.cli.output import complain
from wabot.cli.readable import user_name
from wabot.cli.stored import missing
from wabot.cli.tenants import DEFAULT
from wabot.cli.whose_keys import written
from wabot.model.errors import UsageError, WabotError
from wabot.session.last_sound import COPY

_DONE: Final = ("paired", "already_paired", "unlinked", "was_unlinked", "forgotten", "not_linked")


def number_of(tenant: str, rules: Path | None, data: Path) -> str:
    """The tenant's number, as its tenant.yaml says; without a folder of rules, as it said when the session last ran.

    Raises:
        UsageError: there is no such tenant, or it has no number.
    """
    from wabot.daemon.numbers import Numbers

    there = written(rules)
    folder = (there or {}).get(tenant)
    if folder is None and rules is None and (copy := data / tenant / COPY / tenant).is_dir():
        folder = copy
    if folder is None and there is None:
        raise UsageError("there is no folder ./rules here; name the folder that holds your tenants with --rules")
    if folder is None:
        raise missing("tenant", tenant, str(rules or DEFAULT), there or ())
    number = Numbers().of(folder)
    if not (number.isascii() and number.isdigit()):
        raise UsageError(f"{folder / 'tenant.yaml'} has no sound `phone`; see `wabot validate {folder}`")
    return number


def check_owner(data: Path) -> None:
    """What root writes, the daemon's user could not read.

    Raises:
        WabotError: the data folder is another user's.
    """
    if os.geteuid() != 0 or not data.exists() or (owner := data.stat().st_uid) == 0:
        return
    name = user_name(owner)
    raise WabotError(f"{data} belongs to {name}, who could not read what root writes there: sudo -u {name} wabot …")


def make_data(data: Path) -> None:
    """Make the data folder, unless it is there.

    Raises:
        WabotError: it cannot be made.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WabotError(f"{data} cannot be made: {error.strerror}. Name another with --data.") from error


def with_settings(node: Path | None) -> None:
    """Have the process that works read this node file (the proxy stands there).

    Raises:
        UsageError: a setting is wrong.
    """
    from wabot.daemon.settings import read_settings

    read_settings({}, os.environ, node)
    if node is not None:
        os.environ["WABOT_NODE"] = str(node)


def exit_code(done: Mapping[str, Any]) -> int:
    """What the last word of a LinkProcess means."""
    reason = done["reason"]
    return CLEAN if reason in _DONE else INTERRUPTED if reason == "interrupted" else FAILURE


def complain_about(done: Mapping[str, Any]) -> None:
    """Say why it failed."""
    complain("wabot: " + " ".join(str(part) for part in (done.get("detail"), done.get("action")) if part))
