"""What is understood of the library's own log, and that nothing else of it gets anywhere."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import neonize
import pytest

from wabot.channel.neonize.library_log import LOGGERS, SENTENCES, LibraryLog

NUMBER = "6281234567890"
LINES = [
    ("Event handler panicked while handling a *events.Message: nil pointer\nstack", ("Lost", "events.Message")),
    (f"Node handling is taking long for <message from='{NUMBER}'/> (started 30s ago)", ("Stuck", "")),
    (f"Node handling took 31s for <message from='{NUMBER}'/>", ("Unstuck", "")),
    (f"Continuing handling of <message from='{NUMBER}'/> in background as it's taking too long", ("Unstuck", "")),
    ("Got 503/ connect failure, assuming automatic reconnect will handle it", ("ServerFault", "503")),
    ("Failed to save push name of x in device store: database disk image is malformed", ("Damaged", "")),
    ("Error decrypting message 3A from x: failed to check: file is not a database", ("Damaged", "")),
    ("Error reconnecting after autoreconnect sleep: EOF", ("Unreachable", "EOF")),
]


@pytest.fixture
def loggers() -> Iterator[None]:
    before = {name: (logging.getLogger(name), list(logging.getLogger(name).handlers)) for name in LOGGERS}
    yield
    for logger, handlers in before.values():
        logger.handlers[:] = handlers


@pytest.mark.parametrize(("line", "told"), LINES)
async def test_what_the_events_do_not_tell_is_understood_from_the_log(
    loggers: None, line: str, told: tuple[str, str]
) -> None:
    heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    log = LibraryLog()
    log.tell = lambda kind, body: heard.put_nowait((kind, body))
    log.install()

    await asyncio.to_thread(logging.getLogger("whatsmeow.Client").warning, line)

    assert await asyncio.wait_for(heard.get(), 10) == told


async def test_a_customer_who_calls_himself_so_damages_nothing(loggers: None) -> None:
    heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    log = LibraryLog()
    log.tell = lambda kind, body: heard.put_nowait((kind, body))
    log.install()
    for line in ("Unknown <message notify='database disk image is malformed'/>", "Node handling took 31s for <x/>"):
        logging.getLogger("whatsmeow.Client").warning(line)
    assert await asyncio.wait_for(heard.get(), 10) == ("Unstuck", "")


async def test_no_line_of_the_library_reaches_a_log_of_ours(loggers: None, caplog: pytest.LogCaptureFixture) -> None:
    LibraryLog().install()

    for name in ("whatsmeow.Client.Socket", "Whatsmeow.Database", "neonize.utils.log"):
        logging.getLogger(name).error("a message of %s", NUMBER)

    assert caplog.text == ""


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_library_still_says_it_in_these_words(sentence: str) -> None:
    library = next(Path(neonize.__file__).parent.glob("neonize-*.so"))

    assert sentence.encode() in library.read_bytes()
