"""Logs of the daemon, by structlog, to stderr: for people on a terminal, as JSON for machines. No message's text, no
whole phone number: those are on the terminal only, and only when asked for."""

import logging
import sys
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath
from typing import Any, TextIO

import structlog

from wabot.daemon.options import LogFormat
from wabot.model.message import Message
from wabot.model.turn import Outbound
from wabot.model.visible import on_one_line, visible
from wabot.ports import Clock


def configure(log_format: LogFormat, stream: TextIO | None = None) -> None:
    """Set structlog up for this process."""
    target = stream or sys.stderr
    final: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "text":
        final = structlog.dev.ConsoleRenderer(colors=target.isatty(), pad_event_to=0)
    stamp = structlog.processors.TimeStamper(
        fmt="iso" if log_format == "json" else "%H:%M:%S", utc=log_format == "json"
    )
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, *([_shown] if log_format == "text" else []), final],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # One write a line: several processes share the terminal.
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=True,
    )


def _shown(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What a channel or a file says may hold anything; JSON writes it out by itself."""
    return {key: visible(value) if isinstance(value, str) else value for key, value in line.items()}


def masked(phone: str) -> str:
    """6281234567890 → 6281…890: enough to tell two apart, too little to call."""
    return f"{phone[:4]}…{phone[-3:]}" if len(phone) > 8 else "…"


class LogReport:
    """A session's `Report` as log lines."""

    def __init__(self, tenant: str) -> None:
        self._log: Any = structlog.get_logger().bind(tenant=tenant)

    def heard(self, message: Message) -> None:
        self._log.debug("heard", chat=masked(message.chat), message=message.id, type=message.type)

    def silent(self, message: Message, reason: str) -> None:
        self._log.info("no reply", chat=masked(message.chat), message=message.id, reason=reason)

    def sent(self, outbound: Outbound) -> None:
        self._log.info("replied", chat=masked(outbound.chat), rule=outbound.rule, outbound=outbound.id)

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        getattr(self._log, level)(event, **details)


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
