"""Crashes to Sentry, when a DSN is set: where in the code, and of which kind. Nothing else leaves this machine: what is
sent is put together here from what may be told, so that a new field of the library is left out, not let through."""

from collections.abc import Mapping
from typing import Any, Final

from wabot.daemon.settings.secrets import Secret
from wabot.model.errors import UsageError, WabotError

_FRAME: Final = ("filename", "function", "module", "lineno", "in_app")
_TAGS: Final = ("tenant", "event")
_FLUSH: Final = 2.0
"""Seconds for what is on its way when the process ends."""


def start(dsn: Secret, tenant: str = "") -> None:
    """Report crashes of this process from now on, as those of `tenant`; without a DSN nothing is done, or imported.

    Raises:
        UsageError: sentry-sdk is not installed, or the DSN is none.
    """
    if not dsn:
        return
    try:
        import sentry_sdk
    except ImportError as error:
        raise UsageError(
            "WABOT_SENTRY_DSN is set, but sentry-sdk is not installed: pip install 'wabot[sentry]'"
        ) from error
    from importlib.metadata import version

    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn=dsn.reveal(),
            release=f"wabot@{version('wabot')}",
            server_name="",
            before_send=_only_what_may_be_told,
            before_breadcrumb=lambda _crumb, _hint: None,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            include_local_variables=False,
            include_source_context=False,
            send_client_reports=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            shutdown_timeout=_FLUSH,
        )
    except (BadDsn, ValueError) as error:
        raise UsageError("WABOT_SENTRY_DSN is no DSN; Sentry shows it under Settings > Client Keys") from error
    sentry_sdk.set_tag("tenant", tenant)


def processor(_logger: object, _method: str, line: Any) -> Any:
    """For structlog: what is logged as an error within an exception's handler is reported. Passes the line on."""
    import sys

    error = sys.exc_info()[1]
    # What wabot raises on purpose is for the operator, who reads it in the log; the rest are bugs.
    if error is not None and not isinstance(error, WabotError) and line.get("level") == "error":
        import sentry_sdk

        with sentry_sdk.new_scope() as scope:
            scope.set_tag("event", str(line.get("event", "")))
            scope.capture_exception(error)
    return line


def flush() -> None:
    """Send what is on its way, if anything is."""
    import sys

    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(_FLUSH)


def _only_what_may_be_told(event: Any, _hint: Any) -> Any:
    """The kind of the error and the way to it in the code: no text of an error, which can quote a customer."""
    told = {name: event[name] for name in ("event_id", "timestamp", "level", "platform", "release") if name in event}
    told["tags"] = {name: text for name, text in (event.get("tags") or {}).items() if name in _TAGS}
    told["exception"] = {"values": [_error(value) for value in (event.get("exception") or {}).get("values", ())]}
    return told


def _error(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", ())
    shown = [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
    return {"type": value.get("type"), "module": value.get("module"), "stacktrace": {"frames": shown}}
