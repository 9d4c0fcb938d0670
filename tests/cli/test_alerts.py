"""`wabot alerts`: what people were to be told, and a test of the webhook."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.receiver import receiving
from wabot.model.alert import Alert
from wabot.session.clock import RealClock
from wabot.store.sqlite import open_node_store, open_store

SECRET = "a secret of some length"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def fill() -> None:
        now = RealClock().now()
        store = open_store(tmp_path / "data" / "warung", "warung")
        await store.alerts.add(Alert("loop", "The chat 6281…001 is muted."), now - 2_000)
        await store.alerts.add(Alert("loop", "The chat 6281…001 is muted."), now - 1_000)
        await store.close()
        node = open_node_store(tmp_path / "data")
        await node.alerts.add(Alert("parked", "It is not started again."), now, "toko")
        await node.alerts.add(Alert("parked", "It is not started either."), now + 1, "warung")
        await node.close()

    asyncio.run(fill())
    return tmp_path / "data"


def test_alerts_of_tenants_and_of_the_node_are_listed_together(wabot: Typed, data: Path) -> None:
    said = wabot("alerts", "--data", str(data))
    assert said.code == 0
    lines = said.out.splitlines()
    assert [line.split()[3:6] for line in lines[1:]] == [
        ["open", "warung", "loop"],
        ["open", "toko", "parked"],
        ["open", "warung", "parked"],
    ]
    assert "2  " in lines[1]


def test_alerts_of_one_tenant_for_machines(wabot: Typed, data: Path) -> None:
    said = wabot("alerts", "--data", str(data), "--tenant", "warung", "--format", "json")
    told = json.loads(said.out)["alerts"]
    assert [(alert["tenant"], alert["kind"], alert["count"]) for alert in told] == [
        ("warung", "loop", 2),
        ("warung", "parked", 1),
    ]


def test_a_test_alert_is_posted_signed_and_its_answer_told(
    wabot: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    with receiving() as receiver:
        (tmp_path / "node.yaml").write_text(f'version: 1\nalerts: {{webhook: "{receiver.url}", secret_file: secret}}\n')
        said = wabot("alerts", "test", "--node", str(tmp_path / "node.yaml"))
        assert said.code == 0, said.err
        (received,) = receiver.received
        assert json.loads(received.body)["type"] == "alert.test"
        assert received.headers["webhook-signature"].startswith("v1,")
        assert received.headers["webhook-id"] in said.out
        receiver.answers = [403]
        monkeypatch.setenv("WABOT_NODE", str(tmp_path / "node.yaml"))
        said = wabot("alerts", "test")
        assert (said.code, said.err) == (1, "wabot: the test alert did not arrive: the webhook answered 403\n")
        said = wabot("alerts", "test", "--format", "json")
        assert json.loads(said.out)["delivered"] is True


def test_a_test_without_a_webhook_is_wrong_usage(wabot: Typed) -> None:
    said = wabot("alerts", "test")
    assert said.code == 2
    assert "WABOT_ALERT_WEBHOOK" in said.err


def test_commands_beside_the_daemon_find_its_data_by_the_environment(
    wabot: Typed, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHATSAPP_SESSION_PATH", str(data))
    assert "6281…001" in wabot("alerts").out
    assert "warung" in wabot("status").out
    monkeypatch.delenv("WHATSAPP_SESSION_PATH")
    (data.parent / "node.yaml").write_text("version: 1\ndata: data\n")
    monkeypatch.setenv("WABOT_NODE", str(data.parent / "node.yaml"))
    assert "warung" in wabot("status").out
    assert wabot("status", "--data", str(data.parent / "none")).code == 2
    (data.parent / "node.yaml").write_text("version: 1\nlisten: 1\n")
    assert "node.yaml:2:9: `listen` must be a text" in wabot("status").err
