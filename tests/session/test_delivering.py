"""Alerts to a webhook: signed, tried again from the table, under one id, and given up after a day."""

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.blank import lay
from tests.receiver import Receiver, receiving
from tests.session.stage import Told
from wabot.model.alert import Alert, StoredAlert
from wabot.session.clock import RealClock, ScriptClock
from wabot.session.deliverer import Deliverer, backoff, delivering
from wabot.session.webhook import NotDelivered, Webhook, signed
from wabot.store.sqlite import SqliteStore, open_store, read_alerts

NOW = 1_769_569_200_000
DAY = 86_400_000
KEY = b"a key of some length"
LOOP = Alert("loop", "The chat 6281…001 is muted.")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = open_store(lay(tmp_path / "warung"), "warung")
    yield opened
    await opened.close()


class Stand:
    """A deliverer whose clock stands still until the test moves it."""

    def __init__(self, store: SqliteStore, folder: Path, url: str) -> None:
        self.clock, self.told, self.folder = ScriptClock(), Told(), folder
        self.clock.set(NOW)
        self.deliverer = Deliverer(store.alerts, Webhook(url, KEY), self.clock, self.told)

    async def round(self, later: int = 0) -> list[StoredAlert]:
        self.clock.set(self.clock.now() + later)
        await self.deliverer.round()
        return read_alerts(self.folder, "warung", 0)


@pytest.fixture
def stand(store: SqliteStore, tmp_path: Path, receiver: Receiver) -> Stand:
    return Stand(store, tmp_path / "warung", f"{receiver.url}/alerts?to=me")


async def test_an_alert_is_posted_as_json_and_signed_so_that_the_receiver_can_tell(
    store: SqliteStore, stand: Stand, receiver: Receiver
) -> None:
    await store.alerts.add(LOOP, NOW)
    (alert,) = await stand.round()
    assert (alert.status, alert.attempts) == ("delivered", 1)
    (received,) = receiver.received
    assert received.path == "/alerts?to=me"
    assert received.headers["content-type"] == "application/json"
    said = json.loads(received.body)
    assert said == {
        "type": "alert.loop",
        "timestamp": "2026-01-28T03:00:00.000+00:00",
        "data": {"id": alert.id, "tenant": "warung", "kind": "loop", "text": LOOP.text, "count": 1},
    }
    assert received.headers["webhook-id"] == alert.id
    assert received.headers["webhook-timestamp"] == str(NOW // 1000)
    signed = f"{alert.id}.{NOW // 1000}.".encode() + received.body
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert received.headers["webhook-signature"] == f"v1,{expected}"
    await stand.round(DAY // 2)
    assert len(receiver.received) == 1


def test_the_signature_is_the_one_of_the_standards_own_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed((key,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330_000, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [302, 400, 410, 429, 500])
async def test_what_the_receiver_does_not_take_is_tried_again_later_under_the_same_id(
    store: SqliteStore, stand: Stand, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status, status]
    await store.alerts.add(LOOP, NOW)
    (alert,) = await stand.round()
    assert (alert.status, alert.error) == ("open", f"the webhook answered {status}")
    await stand.round()
    assert len(receiver.received) == 1  # not due yet
    await stand.round(3_000)
    (alert,) = await stand.round(3_600_000)
    assert (alert.status, alert.attempts, alert.error) == ("delivered", 3, "")
    assert {received.headers["webhook-id"] for received in receiver.received} == {alert.id}
    assert len(receiver.received) == 3
    assert all(received.path.startswith("/alerts") for received in receiver.received)


async def test_an_alert_that_reaches_nobody_for_a_day_is_dead_and_said(
    store: SqliteStore, stand: Stand, receiver: Receiver
) -> None:
    receiver.stop()
    await store.alerts.add(LOOP, NOW)
    for _ in range(12):
        (alert,) = await stand.round(3_600_000)
        assert alert.status == "open"
        assert alert.error == "the webhook cannot be reached (ConnectError)"
    (alert,) = await stand.round(13 * 3_600_000)
    assert alert.status == "dead"
    assert "an alert reached nobody the webhook cannot be reached (ConnectError)" in stand.told.notes
    assert "127.0.0.1" not in " ".join(stand.told.notes)  # the path of a webhook is often a secret of its own


async def test_one_failure_ends_the_round_and_the_next_alert_has_its_turn(
    store: SqliteStore, stand: Stand, receiver: Receiver
) -> None:
    receiver.answers = [500]
    await store.alerts.add(LOOP, NOW - 1)
    await store.alerts.add(Alert("reload", "broken"), NOW)
    first, second = await stand.round()
    assert (first.status, first.attempts, second.attempts) == ("open", 1, 0)
    first, second = await stand.round()
    assert (first.status, second.status) == ("open", "delivered")


async def test_without_a_webhook_alerts_wait_a_day_and_httpx_is_never_imported(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from wabot.model.alert import Alert
from wabot.session.clock import RealClock
from wabot.session.deliverer import Deliverer
from wabot.session.report import Mute
from wabot.session.webhook import Webhook
from wabot.store.sqlite import open_store

async def main():
    store = open_store(Path({str(tmp_path)!r}), "warung")
    clock = RealClock()
    await Deliverer(store.alerts, Webhook("http://127.0.0.1:1", b"k" * 16), clock, Mute()).round()
    await store.alerts.add(Alert("loop", "new"), clock.now())
    await store.alerts.add(Alert("loop", "old"), clock.now() - {DAY})
    await Deliverer(store.alerts, None, clock, Mute()).round()
    await store.close()

asyncio.run(main())
print("httpx" in sys.modules)
"""
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
    states = {alert.text: (alert.status, alert.error) for alert in read_alerts(tmp_path, "warung", 0)}
    assert states == {"new": ("open", ""), "old": ("dead", "no webhook is configured")}


async def test_what_is_raised_last_is_delivered_before_the_session_ends(
    store: SqliteStore, tmp_path: Path, receiver: Receiver
) -> None:
    async with delivering(store.alerts, Webhook(receiver.url, KEY), Told()):
        await asyncio.sleep(0)
        await store.alerts.add(LOOP, RealClock().now())
    assert [alert.status for alert in read_alerts(tmp_path / "warung", "warung", 0)] == ["delivered"]
    assert len(receiver.received) == 1


async def test_a_receiver_that_never_answers_is_given_up_for_now(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.session.webhook._TIMEOUT", 0.2)
    receiver.held.clear()
    alert = StoredAlert("1", "warung", "loop", "x", 1, NOW, "open", 1, NOW, None, "")
    with pytest.raises(NotDelivered, match="did not answer within"):
        await Webhook(receiver.url, KEY).post(alert, NOW)


def test_the_waits_grow_to_an_hour() -> None:
    waits = [backoff(attempt) for attempt in range(1, 40)]
    assert 1_600 <= waits[0] <= 2_400
    assert 25_000 <= waits[2] <= 39_000
    assert all(2_880_000 <= wait <= 4_320_000 for wait in waits[7:])
