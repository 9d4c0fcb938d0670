"""A running daemon as those who watch it see it: health, figures that survive kill -9, alerts."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.daemon import JAM, Daemon, eventually
from tests.acceptance.watched import LISTEN, get, metrics, readyz
from tests.receiver import Receiver, receiving
from tests.tenants import rules

SECRET = "a secret of some length"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def sent(daemon: Daemon) -> float:
    return metrics(daemon).get(("wabot_replies_total", ("sent", "jam-buka", "warung")), 0)


def test_figures_count_right_and_never_go_back_when_a_session_is_killed(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start(*LISTEN)
    daemon.connected()
    for number in range(3):
        daemon.say("jam buka?", sender=f"628120000000{number}")
    daemon.say("apa kabar")
    eventually(lambda: sent(daemon) == 3, f"three replies are counted: {daemon.told()}")
    told = eventually(
        lambda: found if (found := metrics(daemon))["wabot_messages_total", ("warung",)] == 4 else None, "four messages"
    )
    assert told["wabot_silences_total", ("no_match", "warung")] == 1
    assert told["wabot_arrival_to_sent_seconds_count", ("warung",)] == 3
    assert told["wabot_arrival_to_due_seconds_count", ("warung",)] == 3
    assert told["wabot_due_to_sent_seconds_bucket", ("+Inf", "warung")] == 3
    assert told["wabot_messages_total", ("toko",)] == 0
    assert told["wabot_outbox_depth", ("warung",)] == 0
    assert told["wabot_journal_backlog", ("warung",)] == 0
    assert told["wabot_session_restarts_total", ("warung",)] == 0
    assert told["wabot_session_resident_memory_bytes", ("warung",)] > 10_000_000
    assert told["wabot_reload_ok", ("warung",)] == 1
    states = {labels[0]: value for (name, labels), value in told.items() if name == "wabot_session_state"}
    assert [state for state, value in states.items() if value] == ["connected"]
    daemon.kill()
    daemon.connected(times=2)
    assert sent(daemon) == 3
    daemon.say("jam buka?", sender="6281200000009")
    eventually(lambda: sent(daemon) == 4, f"the fourth is added: {daemon.told()}")
    told = metrics(daemon)
    assert told["wabot_session_restarts_total", ("warung",)] == 1
    assert told["wabot_session_restarts_total", ("toko",)] == 0
    body = get(daemon, "/metrics")[1]
    assert "62812" not in body
    assert "Budi" not in body
    assert daemon.stop() == 0


def test_ready_turns_503_while_a_tenant_does_not_answer_and_back(daemon: Daemon) -> None:
    daemon.tenant()
    broken = daemon.tenant("toko", text="  - id: x\n")
    daemon.start(*LISTEN)
    assert get(daemon, "/healthz") == (200, "ok\n")
    eventually(lambda: readyz(daemon)[1]["toko"]["state"] == "rules_invalid", f"its rules are broken: {daemon.told()}")
    eventually(lambda: readyz(daemon)[1]["warung"]["ready"], "the other one answers")
    status, tenants = readyz(daemon)
    assert status == 503
    assert tenants["toko"]["action"] == "mend the files; wabot notices by itself"

    def mended() -> bool:
        if readyz(daemon)[0] != 200:  # more than once: a change before its watching has begun goes unseen
            (broken / "rules.yaml").write_text(rules(JAM)["rules.yaml"])
            time.sleep(0.5)
        return readyz(daemon)[0] == 200

    eventually(mended, f"both answer: {daemon.told()}")
    daemon.kill()
    eventually(lambda: readyz(daemon)[0] == 503, "one is gone")
    assert get(daemon, "/healthz")[0] == 200
    eventually(lambda: readyz(daemon)[0] == 200, f"and back: {daemon.told()}")
    assert get(daemon, "/secret")[0] == 404
    assert daemon.stop() == 0


def test_a_tenant_that_another_daemon_runs_is_not_ready_and_no_alert_for_it_is_served(
    daemon: Daemon, receiver: Receiver, tmp_path: Path
) -> None:
    daemon.tenant()
    daemon.start()
    daemon.connected()
    (tmp_path / "other").mkdir()
    other = Daemon(tmp_path / "other")
    other.data = daemon.data
    other.tenant()
    other.tenant("toko")
    other.environ = {"WABOT_ALERT_WEBHOOK": receiver.url, "WABOT_ALERT_SECRET": SECRET}
    try:
        other.start(*LISTEN)
        eventually(lambda: readyz(other)[1]["warung"]["state"] == "stopped", f"it is not run twice: {other.told()}")
        assert metrics(other)["wabot_session_ready", ("warung",)] == 0
        assert "another process runs this tenant already" in other.told()
        assert (daemon.data / "node.db").stat().st_mode & 0o777 == 0o600
        assert other.stop() == 1
        assert receiver.received == []
    finally:
        other.end()
    assert daemon.stop() == 0


def break_rules(folder: Path) -> None:
    (folder / "rules.yaml").write_text("version: 1\nrules:\n  - id: x\n")


def test_an_alert_survives_kill_9_during_its_delivery_and_keeps_its_id(daemon: Daemon, receiver: Receiver) -> None:
    folder = daemon.tenant()
    daemon.environ = {"WABOT_ALERT_WEBHOOK": receiver.url, "WABOT_ALERT_SECRET": SECRET}
    receiver.answers = [503]
    receiver.held.clear()
    daemon.start()
    daemon.connected()
    break_rules(folder)
    eventually(lambda: len(receiver.received) == 1, f"the first attempt: {daemon.told()}")
    daemon.kill()  # nobody knows what the receiver did with it
    receiver.held.set()
    daemon.connected(times=2)
    eventually(
        lambda: [alert["status"] for alert in daemon.wabot("alerts")["alerts"]][:1] == ["delivered"],
        f"it is delivered after the restart: {daemon.told()}",
    )
    ids = {received.headers["webhook-id"] for received in receiver.received}
    (alert,) = daemon.wabot("alerts")["alerts"]
    assert ids == {alert["id"]}
    assert (alert["kind"], alert["tenant"], alert["attempts"]) == ("reload", "warung", len(receiver.received))
    assert daemon.stop() == 0


def test_a_secret_is_in_no_argument_no_log_and_no_answer(daemon: Daemon, receiver: Receiver, tmp_path: Path) -> None:
    folder = daemon.tenant()
    (tmp_path / "secret").write_text(SECRET)
    node = tmp_path / "node.yaml"
    node.write_text(
        f'version: 1\nalerts: {{webhook: "{receiver.url}/T0/B0", secret_file: secret}}\nlog: {{level: debug}}\n'
    )
    process = daemon.start("--node", str(node), *LISTEN)
    daemon.connected()
    (tmp_path / "secret").unlink()
    daemon.kill()
    daemon.connected(times=2)
    break_rules(folder)
    eventually(lambda: receiver.received, f"the session has the secret without the file: {daemon.told()}")
    for pid in (process.pid, *daemon.children().values()):
        assert SECRET.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"T0/B0" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    said = daemon.told() + get(daemon, "/readyz")[1] + get(daemon, "/metrics")[1]
    assert SECRET not in said
    assert "T0/B0" not in said
    assert daemon.stop() == 0


def test_a_wrong_setting_stops_the_daemon_and_is_named(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.environ = {"MESSAGE_RATE_LIMIT_PER_MINUTE": "many"}
    assert daemon.start().wait(30) == 2
    assert "wabot: MESSAGE_RATE_LIMIT_PER_MINUTE must be a whole number from 1 to 600, not `many`" in daemon.told()
    daemon.environ = {}
    assert daemon.start("--listen", "192.0.2.1:9464").wait(30) == 2
    assert "listen: 192.0.2.1:9464 cannot be listened on" in daemon.told()


def test_the_node_can_silence_every_tenant_and_unknown_settings_are_warned_about(daemon: Daemon) -> None:
    daemon.tenant(enabled="true")
    daemon.environ = {"AUTO_REPLY_ENABLED": "false", "WABOT_LISTN": "x"}
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: daemon.status()["by_reason"] == {"auto_reply_off": 1}, f"nobody is answered: {daemon.told()}")
    assert daemon.replies() == []
    assert "WABOT_LISTN is no setting; did you mean WABOT_LISTEN?" in daemon.told()
    assert daemon.stop() == 0


def test_the_log_tells_machines_tenant_event_level_and_utc_and_no_text(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.say("jam buka? rahasia")
    daemon.environ = {"WABOT_LOG_FORMAT": "json", "WABOT_LOG_LEVEL": "debug"}
    daemon.start()
    eventually(daemon.replies, "answered")
    assert daemon.stop() == 0
    assert "rahasia" not in daemon.told()
    lines = [json.loads(line) for line in daemon.told().splitlines()]
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])
        assert line["level"] in ("debug", "info", "warning", "error")
    assert {line["tenant"] for line in lines if line["event"] in ("heard", "replied", "connected")} == {"warung"}
    assert {"heard", "session started"} <= {line["event"] for line in lines}
