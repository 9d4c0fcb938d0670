"""Crashes reported to Sentry: the real library, a real receiver, and nothing of a customer on the way."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.receiver import Receiver, receiving
from wabot.daemon import sentry
from wabot.daemon.settings.secrets import Secret
from wabot.model.errors import UsageError

TEXT, NUMBER, NAME = "rahasia pelanggan", "6281234567890", "Budi Santoso"

CRASH = f"""
import os, sys
from wabot.daemon import sentry
from wabot.daemon.logs import LogReport, configure
from wabot.daemon.settings.secrets import Secret
from wabot.model.errors import StoreError
from wabot.model.message import Message

sentry.start(Secret(sys.argv[1]), "warung")
configure("json", crashes=True)
report = LogReport("warung")

def decide(message):
    said = message.text
    try:
        raise KeyError(said)
    except KeyError as error:
        raise ValueError(f"{{message.phone}} of {{message.name}} said {{said}}") from error

try:
    decide(Message("A1", "{NUMBER}", phone="{NUMBER}", name="{NAME}", text="{TEXT}"))
except Exception:
    report.note("a message could not be decided", level="error", message="A1", chat="{NUMBER}", text="{TEXT}")
try:
    raise StoreError("the disk is full")
except StoreError as error:
    report.note("a message waits for the store", level="error", error=str(error))
report.note("broken rules: {TEXT}", level="error")
sentry.flush()
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_a_crash_is_reported_with_its_place_and_without_anything_of_the_customer(receiver: Receiver) -> None:
    dsn = f"http://key@127.0.0.1:{receiver.port}/1"
    done = subprocess.run([sys.executable, "-c", CRASH, dsn], capture_output=True, text=True, check=True)
    assert TEXT in done.stderr  # the test does say it, here
    (received,) = receiver.received
    assert received.path == "/api/1/envelope/"
    body = received.body
    envelope = (gzip.decompress(body) if received.headers.get("content-encoding") == "gzip" else body).decode()
    for secret in (TEXT, "rahasia", NUMBER, NAME, os.uname().nodename, "disk is full"):
        assert secret not in envelope
    events = [json.loads(line) for line in envelope.splitlines() if '"exception"' in line]
    (event,) = events
    errors = event["exception"]["values"]
    assert [error["type"] for error in errors] == ["KeyError", "ValueError"]
    assert errors[-1]["stacktrace"]["frames"][-1]["function"] == "decide"
    assert event["tags"] == {"tenant": "warung", "event": "a message could not be decided"}
    assert event["release"].startswith("wabot@")
    assert "breadcrumbs" not in event
    assert all("vars" not in frame for error in errors for frame in error["stacktrace"]["frames"])


def test_only_what_may_be_told_is_let_through() -> None:
    event: dict[str, Any] = {
        "event_id": "1",
        "level": "error",
        "exception": {"values": [{"type": "E", "value": TEXT, "stacktrace": {"frames": [{"vars": {"x": TEXT}}]}}]},
        "request": {"data": TEXT},
        "breadcrumbs": {"values": [{"message": TEXT}]},
        "user": {"id": NUMBER},
        "extra": {"said": TEXT},
        "contexts": {"any": TEXT},
        "logentry": {"message": TEXT},
        "server_name": "host",
        "tags": {"tenant": "warung", "said": TEXT},
        "a field of next year": TEXT,
    }
    assert sentry._only_what_may_be_told(event, {}) == {
        "event_id": "1",
        "level": "error",
        "tags": {"tenant": "warung"},
        "exception": {"values": [{"type": "E", "module": None, "stacktrace": {"frames": [{}]}}]},
    }


def test_without_a_dsn_the_library_is_not_even_imported() -> None:
    code = (
        "import sys; from wabot.daemon import child, sentry; from wabot.daemon.settings.secrets import NO_SECRET\n"
        "sentry.start(NO_SECRET); sentry.flush()\n"
        "print(sorted({'sentry_sdk', 'httpx', 'prometheus_client'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_missing_extra_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(UsageError, match=r"pip install 'wabot\[sentry\]'"):
        sentry.start(Secret("https://key@example.invalid/1"))


def test_what_is_no_dsn_is_named_without_being_shown() -> None:
    with pytest.raises(UsageError, match="WABOT_SENTRY_DSN is no DSN") as told:
        sentry.start(Secret("geheim"))
    assert "geheim" not in str(told.value)


def test_a_daemon_with_a_wrong_dsn_does_not_start(tmp_path: Path) -> None:
    from tests.tenants import write_tenant

    write_tenant(tmp_path / "rules" / "warung")
    done = subprocess.run(
        [sys.executable, "-m", "wabot", "run", "rules", "--channel", "simulator", "--sim", "."],
        cwd=tmp_path,
        env={**os.environ, "WABOT_SENTRY_DSN": "geheim"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "WABOT_SENTRY_DSN is no DSN" in done.stderr
    assert "geheim" not in done.stderr
