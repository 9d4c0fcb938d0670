"""Reading the settings: a flag wins over the environment, that over the node file, that over the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from wabot.daemon.settings.catalogue import OTHERS, SETTINGS, UNMAPPED, Setting, Settings, value_in
from wabot.daemon.settings.secrets import Secret, read_secret, readable_by_others
from wabot.daemon.settings.shop_secrets import ORDERS_SECRET
from wabot.daemon.settings.signing import signing_key
from wabot.model.errors import UsageError
from wabot.store.keeping.sealing import key_from

_LEAST: Final = 32


@dataclass(frozen=True, slots=True)
class Found:
    """The settings, and what is odd about where they came from, though it stops nothing."""

    settings: Settings
    warnings: tuple[str, ...] = ()


def read_settings(flags: Mapping[str, Any], environ: Mapping[str, str], node: Path | None = None) -> Found:
    """The node's settings. `flags` holds, by field, what the command line says (None: nothing); `node` is the node
    file; without one, WABOT_NODE names it.

    Raises:
        UsageError: something is wrong; the text names every setting that is.
    """
    wrong: list[str] = []
    named = node or (Path(environ["WABOT_NODE"]) if environ.get("WABOT_NODE") else None)
    values = {} if named is None else _file(named, environ, wrong)
    for setting in SETTINGS:
        try:
            value = _secret(setting, environ) if setting.secret else _text(setting, environ)
        except ValueError as error:
            wrong.append(f"{setting.name} {error}")
        else:
            if value is not None:
                values[setting.field] = value
    for setting in SETTINGS:
        if (said := flags.get(setting.field)) is not None:
            try:
                values[setting.field] = said if isinstance(said, bool) else setting.kind.from_text(str(said))
            except ValueError as error:
                wrong.append(f"{setting.flag} {error}, not `{said}`")
    settings = Settings(**values)
    if not wrong:
        wrong += _together(settings)
    if wrong:
        raise UsageError("\n       ".join(wrong))
    return Found(settings, tuple(_odd(environ, settings)))


def default_data(environ: Mapping[str, str]) -> str | None:
    """The data folder that the environment, or the node file that it names, speaks of; for commands beside the daemon.

    Raises:
        UsageError: the node file is wrong.
    """
    if environ.get("WHATSAPP_SESSION_PATH"):
        return environ["WHATSAPP_SESSION_PATH"]
    said = _of_node(environ, "data")
    return None if said is None else str(Path(environ["WABOT_NODE"]).parent / said)


def default_invite_url(environ: Mapping[str, str]) -> str:
    """The page where invitations are accepted, as `default_data`; "" for none.

    Raises:
        UsageError: the node file is wrong.
    """
    return environ.get("WABOT_INVITE_URL", "").strip() or str(_of_node(environ, "api.invite_url") or "")


def _of_node(environ: Mapping[str, str], key: str) -> Any:
    """What the node file that the environment names says there; None when it says nothing, or there is none."""
    if not environ.get("WABOT_NODE"):
        return None
    wrong: list[str] = []
    data = _read(Path(environ["WABOT_NODE"]), wrong)
    if wrong:
        raise UsageError("\n       ".join(wrong))
    return value_in(data, key)


def _text(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip()
    if not text:  # set to nothing is not set: `NAME=` in an env file
        return None
    try:
        return setting.kind.from_text(text)
    except ValueError as error:
        raise ValueError(f"{error}, not `{text[:80]}`") from error


def _secret(setting: Setting, environ: Mapping[str, str]) -> Secret | None:
    text, path = environ.get(setting.name, "").strip(), environ.get(f"{setting.name}_FILE", "")
    if text and path:
        raise ValueError(f"and {setting.name}_FILE are both set; keep one of them")
    if path:
        try:
            return read_secret(path, Path(), environ)
        except ValueError as error:
            raise ValueError(f"cannot be read: {setting.name}_FILE {error}") from error
    return Secret(text) if text else None


def _file(path: Path, environ: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    """The settings that the node file holds, by field."""
    data = _read(path, wrong, environ)
    return {} if wrong else dict(data)


def _read(path: Path, wrong: list[str], environ: Mapping[str, str] | None = None) -> Any:
    """The node file's data; with `environ`, its settings by field. What is wrong is appended, each with its place."""
    from wabot.language.document import read_document
    from wabot.language.durations import check_durations
    from wabot.language.shape import check_shape

    document = read_document(path)
    if document.data is not None:
        check_shape(document, "node")
        check_durations(document)
    values: dict[str, Any] = {}
    for setting in SETTINGS if environ is not None and not document.findings else ():
        if (said := value_in(document.data, setting.key)) is None:
            continue
        try:
            values[setting.field] = (
                read_secret(said, path.parent, environ or {}) if setting.secret else setting.kind.from_file(said)
            )
        except ValueError as error:
            document.report("WB105", f"`{setting.key}` {error}", at=document.locate(tuple(setting.key.split("."))))
    if "data" in values:
        values["data"] = str(path.parent / values["data"])
    for item in document.findings:
        at = item.location
        wrong.append(f"{at.path}:{at.line}:{at.column}: {item.message}{f'; {item.hint}' if item.hint else ''}")
    return document.data if environ is None else values


def _together(settings: Settings) -> list[str]:
    """What is wrong between settings that are right one by one, or with secrets that stand for keys."""
    if settings.encryption_key:
        try:
            key_from(settings.encryption_key.reveal())
        except ValueError as error:
            return [f"WHATSAPP_ENCRYPTION_KEY {error}"]
    if settings.api_secret and len(settings.api_secret.reveal()) < _LEAST:
        return [f"WABOT_API_SECRET is too short to sign with: {_LEAST} characters or more; `openssl rand -base64 32`"]
    if settings.webhook and not settings.webhook_secret:
        return ["WABOT_ALERT_SECRET (or WABOT_ALERT_SECRET_FILE, `alerts.secret_file`) is not set: it signs the alerts"]
    if settings.webhook_secret:
        try:
            signing_key(settings.webhook_secret.reveal())
        except ValueError as error:
            return [f"WABOT_ALERT_SECRET {error}"]
    return []


def _odd(environ: Mapping[str, str], settings: Settings) -> list[str]:
    known = {setting.name for setting in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS if one.secret} | OTHERS
    found = []
    for name in sorted(environ):
        if name.startswith("WABOT_") and name not in known and not name.startswith(ORDERS_SECRET):
            close = get_close_matches(name, sorted(known), n=1, cutoff=0.75)
            found.append(f"{name} is no setting" + (f"; did you mean {close[0]}?" if close else ""))
        elif name in UNMAPPED and environ[name]:
            found.append(f"{name} has no effect: {UNMAPPED[name]}")
    secrets = [getattr(settings, setting.field) for setting in SETTINGS if setting.secret]
    open_to_all = [secret.file for secret in secrets if readable_by_others(secret)]
    return found + [f"{file} can be read by other users of this machine: chmod 600 it" for file in open_to_all]
