"""Logs of the daemon, by structlog, to stderr: for people on a terminal, as JSON for machines. No whole phone number,
and no message's text unless a setting asks for it."""

import sys
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath
from typing import Any, TextIO, cast

from wabot.daemon import sentry
from wabot.daemon.options import LogFormat
from wabot.daemon.structured import structlog
from wabot.daemon.tenant_log import Processor
from wabot.model.masked import masked, masked_line, masked_within
from wabot.model.message import Message
from wabot.model.turn import Outbound
from wabot.model.visible import on_one_line, visible
from wabot.ports import Clock
from wabot.session.report import Mute


def configure(
    log_format: LogFormat,
    level: str = "info",
    stream: TextIO | None = None,
    keep: Processor | None = None,
    *,
    crashes: bool = False,
) -> None:
    """Set structlog up for this process; `level` is the least that is logged. `keep` is handed each line before it is
    rendered. `crashes` are reported to Sentry."""
    target = Steady(stream or sys.stderr)
    final: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "text":
        final = structlog.dev.ConsoleRenderer(colors=target.isatty(), pad_event_to=0)
    stamp = structlog.processors.TimeStamper(
        fmt="iso" if log_format == "json" else "%H:%M:%S", utc=log_format == "json"
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            *([sentry.processor] if crashes else []),
            *([keep] if keep else []),
            stamp,
            *([_shown] if log_format == "text" else []),
            final,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write a line: several processes share the terminal.
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, target)),
        cache_logger_on_first_use=True,
    )


class Steady:
    """A stream that a program may write to for ever: a terminal that was closed, or a full disk behind it, loses lines
    and raises nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


def _shown(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What a channel or a file says may hold anything; JSON writes it out by itself."""
    return {key: visible(value) if isinstance(value, str) else value for key, value in line.items()}


class LogReport(Mute):
    """A session's `Report` as log lines; with `messages`, customers' words and what they are answered stand in them."""

    def __init__(self, tenant: str, *, messages: bool = False) -> None:
        self._log: Any = structlog.get_logger().bind(tenant=tenant)
        self._messages = messages

    def heard(self, message: Message) -> None:
        tell = self._log.info if self._messages else self._log.debug
        tell("heard", chat=masked(message.chat), message=message.id, type=message.type, **self._said(message.text))

    def silent(self, message: Message, reason: str) -> None:
        self._log.info("no reply", chat=masked(message.chat), message=message.id, reason=reason)

    def sent(self, outbound: Outbound) -> None:
        self._log.info(
            "replied",
            chat=masked(outbound.chat),
            rule=outbound.rule,
            outbound=outbound.id,
            **self._said(outbound.text),
        )

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        # What a channel, a store or a file says may name a customer. What a person is asked to do names the shop's own
        # number, whole: it is the phone to take up.
        getattr(self._log, level)(masked_within(event), **masked_line(details, whole=("action",)))

    def _said(self, text: str) -> dict[str, str]:
        return {"text": text} if self._messages else {}


class Transcript(LogReport):
    """The conversations themselves, one line a message, for somebody who watches."""

    def __init__(self, tenant: str, clock: Clock, stream: TextIO) -> None:
        super().__init__(tenant)
        self._tenant, self._clock, self._stream = tenant, clock, stream
        self.zone: tzinfo = UTC
        self._names: dict[str, str] = {}

    def heard(self, message: Message) -> None:
        if not message.from_me:
            self._names[message.chat] = on_one_line(message.name) or self._who(message.chat)
        who = f"(the shop, to {self._who(message.chat)})" if message.from_me else self._who(message.chat)
        kind = "" if message.type == "text" else f"[{message.type}] "
        self._say(message.sent_at, f"{who}: {kind}{_one_line(message.text)}")

    def silent(self, message: Message, reason: str) -> None:
        if reason != "from_me":  # what the shop wrote itself is shown already
            self._say(self._clock.now(), f"   (no reply to {self._who(message.chat)}: {reason})")

    def sent(self, outbound: Outbound) -> None:
        by = outbound.rule if outbound.kind == "reply" else outbound.kind
        self._say(self._clock.now(), f"   → {self._who(outbound.chat)} [{by}] {_one_line(_with_media(outbound))}")

    def _who(self, chat: str) -> str:
        return self._names.get(chat, masked(chat))

    def _say(self, at: int, text: str) -> None:
        clock = datetime.fromtimestamp(at / 1000, self.zone).strftime("%H:%M")
        self._stream.write(f"{clock}  {self._tenant:<14} {visible(text)}\n")
        self._stream.flush()


def _with_media(outbound: Outbound) -> str:
    return f"[{PurePath(outbound.media).name}] {outbound.text}" if outbound.media else outbound.text


def _one_line(text: str) -> str:
    line = " ⏎ ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= 160 else line[:159] + "…"
