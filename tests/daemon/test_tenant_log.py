"""The log that a tenant has of its own: real files, written by real processes."""

import io
import json
import subprocess
import sys
from pathlib import Path

from wabot.daemon.logs import LogReport, configure
from wabot.daemon.structured import structlog
from wabot.daemon.tenant_log import KEPT, LOG, Following, TenantLog, keep_by_tenant, last_lines
from wabot.model.message import Message
from wabot.model.turn import Outbound


def events(lines: list[str]) -> list[str]:
    return [json.loads(line)["event"] for line in lines]


def test_lines_are_read_back_in_order_with_their_moment_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    data = tmp_path / "warung"
    log = TenantLog(data)
    for number in range(5):
        log.write({"event": f"e{number}", "level": "info"})
    assert events(last_lines(data, 3)) == ["e2", "e3", "e4"]
    assert last_lines(data, 0) == []
    assert json.loads(last_lines(data, 1)[0])["timestamp"].endswith("+00:00")
    assert (data / LOG).stat().st_mode & 0o777 == 0o600
    assert (data / LOG).parent.stat().st_mode & 0o777 == 0o700
    assert data.stat().st_mode & 0o777 == 0o700


def test_the_log_of_a_tenant_never_grows_beyond_its_files(tmp_path: Path) -> None:
    log = TenantLog(tmp_path, limit=1_000)
    for number in range(500):
        log.write({"event": f"e{number:03}"})
    files = sorted(tmp_path.glob("log/*"))
    assert [file.name for file in files] == ["wabot.jsonl", *(f"wabot.jsonl.{each}" for each in range(1, KEPT + 1))]
    assert all(file.stat().st_size <= 1_000 for file in files)
    kept = events(last_lines(tmp_path, 1_000))
    assert kept == [f"e{number:03}" for number in range(500 - len(kept), 500)]


def test_two_processes_that_write_one_log_lose_no_line_when_it_is_put_aside(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from wabot.daemon.tenant_log import TenantLog\n"
        "log = TenantLog(Path(sys.argv[1]), limit=20_000)\n"
        "for number in range(400): log.write({'event': sys.argv[2] + str(number)})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert (tmp_path / f"{LOG}.1").exists()
    found = events(last_lines(tmp_path, 10_000))
    for name in "ab":
        assert [event for event in found if event[0] == name] == [f"{name}{number}" for number in range(400)]


def test_following_goes_on_across_files_and_begins_when_there_is_one(tmp_path: Path) -> None:
    following = Following(tmp_path)
    assert list(following.more()) == []
    log = TenantLog(tmp_path, limit=200)
    told: list[str] = []
    for number in range(20):
        log.write({"event": f"e{number}"})
        told += following.more()
    assert (tmp_path / f"{LOG}.1").exists()
    assert events(told) == [f"e{number}" for number in range(20)]


def test_a_line_is_told_once_it_is_whole(tmp_path: Path) -> None:
    TenantLog(tmp_path).write({"event": "before"})
    following = Following(tmp_path)
    with (tmp_path / LOG).open("a") as file:
        file.write('{"event": "half')
        file.flush()
        assert list(following.more()) == []
        file.write('"}\n')
    assert events(list(following.more())) == ["half"]


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    TenantLog(tmp_path / "file").write({"event": "lost"})
    full = tmp_path / "warung"
    log = TenantLog(full)
    log.write({"event": "one"})
    (full / LOG).rename(tmp_path / "moved")
    (full / LOG).mkdir()
    log.write({"event": "lost"})
    (full / LOG).rmdir()
    log.write({"event": "two"})
    assert events(last_lines(full, 9)) == ["two"]


def test_the_supervisor_writes_what_it_says_of_a_tenant_into_that_tenants_log_only(tmp_path: Path) -> None:
    keep = keep_by_tenant(tmp_path)
    keep(None, "info", {"event": "session started", "tenant": "warung"})
    keep(None, "info", {"event": "stopping"})
    assert [folder.name for folder in tmp_path.iterdir()] == ["warung"]
    assert events(last_lines(tmp_path / "warung", 9)) == ["session started"]


def test_messages_and_whole_numbers_are_never_kept_whatever_the_terminal_gets(tmp_path: Path) -> None:
    stream = io.StringIO()
    configure("json", "debug", stream, TenantLog(tmp_path).keep)
    report = LogReport("warung", messages=True)
    said = Message("3EB0123456789012", "6281234567890", "rahasia", name="Budi")
    report.heard(said)
    report.sent(Outbound("o", said.chat, "jawaban", "jam-buka", 0, 0))
    report.note("a reply was not sent", reason="'6281234567890' is not one person's chat")
    structlog.reset_defaults()
    kept = "\n".join(last_lines(tmp_path, 9))
    assert "rahasia" in stream.getvalue() and "jawaban" in stream.getvalue()
    assert events(kept.splitlines()) == ["heard", "replied", "a reply was not sent"]
    assert not any(word in kept for word in ("rahasia", "jawaban", "6281234567890"))
    assert "6281…890" in kept and "3EB0123456789012" in kept
