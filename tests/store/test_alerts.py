"""Alerts in the store: with the turn that tells of them or not at all, each once, kept until they are dealt with."""

import sqlite3
from pathlib import Path

import pytest

from tests.store.turns import CHAT, NOW, message, silent
from wabot.model.alert import Alert
from wabot.store.sqlite import SqliteStore, open_node_store, read_alerts

LOOP = Alert("loop", "The chat 6281…001 is muted.")
MINUTE = 60_000
DAY = 86_400_000


async def test_an_alert_is_kept_in_the_transaction_of_its_turn(store: SqliteStore, folder: Path) -> None:
    said = message()
    await store.journal([said], NOW)
    await store.record(silent(said, "loop_suspected", alerts=(LOOP,)))
    (alert,) = read_alerts(folder, "warung", 0)
    assert (alert.tenant, alert.kind, alert.text, alert.status) == ("warung", "loop", LOOP.text, "open")
    await store.record(silent(said, "loop_suspected", alerts=(LOOP,)))  # a turn that is written twice is one
    assert [alert.count for alert in read_alerts(folder, "warung", 0)] == [1]


async def test_a_turn_that_fails_leaves_no_alert(store: SqliteStore, folder: Path) -> None:
    said = message()
    await store.journal([said], NOW)
    beside = sqlite3.connect(folder / "wabot.db")
    beside.execute("CREATE TRIGGER refuse BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no'); END")
    beside.commit()
    with pytest.raises(Exception, match="no"):
        await store.record(silent(said, "loop_suspected", alerts=(LOOP,)))
    assert read_alerts(folder, "warung", 0) == []
    beside.close()


async def test_the_same_within_ten_minutes_is_one_alert_and_counted(store: SqliteStore, folder: Path) -> None:
    for at in (NOW, NOW + 9 * MINUTE, NOW + 11 * MINUTE):
        await store.alerts.add(LOOP, at)
    await store.alerts.add(Alert("loop", "The chat 6281…002 is muted."), NOW)
    await store.alerts.add(Alert("set_aside", LOOP.text), NOW)
    counts = [(alert.raised - NOW, alert.kind, alert.count) for alert in read_alerts(folder, "warung", 0)]
    assert sorted(counts) == [(0, "loop", 1), (0, "loop", 2), (0, "set_aside", 1), (11 * MINUTE, "loop", 1)]


async def test_an_alert_is_due_until_it_is_delivered_and_given_up_after_a_day(store: SqliteStore, folder: Path) -> None:
    await store.alerts.add(LOOP, NOW)
    (due,) = await store.alerts.due(NOW, 10)
    begun = await store.alerts.begin(due.id, NOW, NOW + MINUTE)
    assert begun is not None
    assert begun.attempts == 1
    assert await store.alerts.begin(due.id, NOW, NOW + MINUTE) is None  # another process has this attempt
    assert await store.alerts.due(NOW, 10) == []
    await store.alerts.failed(due.id, "refused")
    assert [alert.error for alert in await store.alerts.due(NOW + MINUTE, 10)] == ["refused"]
    assert await store.alerts.counted(NOW) == {("warung", "open"): 1}
    assert await store.alerts.give_up(NOW + DAY - 1, "nobody") == []
    dead = await store.alerts.give_up(NOW + DAY, "nobody")
    assert [(alert.id, alert.status, alert.error) for alert in dead] == [(due.id, "dead", "refused")]
    assert await store.alerts.begin(due.id, NOW + DAY, NOW + DAY) is None
    assert await store.alerts.counted(NOW + DAY) == {("warung", "dead"): 1}
    await store.alerts.add(LOOP, NOW + DAY)
    (next_one,) = await store.alerts.due(NOW + DAY, 10)
    await store.alerts.delivered(next_one.id, NOW + DAY)
    assert [alert.status for alert in read_alerts(folder, "warung", NOW + DAY)] == ["dead", "delivered"]
    assert [alert.status for alert in read_alerts(folder, "warung", NOW + DAY + 1)] == ["dead"]
    await store.alerts.give_up(NOW + 92 * DAY, "")
    assert read_alerts(folder, "warung", 0) == []


async def test_a_tenant_cannot_raise_an_alert_about_another(store: SqliteStore, folder: Path) -> None:
    await store.alerts.add(LOOP, NOW, "toko")
    assert [alert.tenant for alert in read_alerts(folder, "warung", 0)] == ["warung"]


async def test_the_node_keeps_alerts_about_every_tenant_and_about_itself(tmp_path: Path) -> None:
    node = open_node_store(tmp_path)
    for tenant in ("warung", "toko", ""):
        await node.alerts.add(Alert("parked", "It died five times in a minute."), NOW, tenant)
    due = await node.alerts.due(NOW, 10)
    assert sorted(alert.tenant for alert in due) == ["", "toko", "warung"]
    assert (tmp_path / "node.db").stat().st_mode & 0o777 == 0o600
    await node.alerts.delivered(due[0].id, NOW)
    await node.close()
    again = open_node_store(tmp_path)
    assert len(await again.alerts.due(NOW, 10)) == 2
    await again.close()
    assert len(read_alerts(tmp_path, "", NOW)) == 3


def test_nothing_of_a_customer_is_in_what_an_alert_says() -> None:
    from wabot.session.alarms import loop, set_aside

    said = message(text="rahasia saya")
    for alert in (loop(said), set_aside(said)):
        assert CHAT not in alert.text
        assert "rahasia" not in alert.text
