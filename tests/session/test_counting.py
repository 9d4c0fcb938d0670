"""What a session counts of what it does; told as totals, so that what is lost on the way is made good."""

import asyncio
from pathlib import Path
from typing import Any

from tests.session.stage import JAM, REFUSED, UNKNOWN, stage
from tests.store.turns import NOW, allowed, answered, message
from wabot.model.turn import Receipt
from wabot.session.counting import BOUNDS, MOST_RULES, OTHER, Counting
from wabot.session.report import Mute
from wabot.store.sqlite import cancel, open_store


class Supervisor:
    """Hears what is told."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, ...], int] = {}
        self.latencies: dict[str, list[float]] = {}
        self.backlog: dict[str, Any] = {}
        self.longest = 0

    def tell(self, kind: str, **news: Any) -> None:
        assert kind == "counts"
        self.longest = max(self.longest, len(news.get("counters", ())))
        self.counts |= {tuple(key): total for *key, total in news.get("counters", ())}
        self.latencies |= news.get("latencies", {})
        self.backlog = news.get("backlog", self.backlog)


async def test_messages_replies_by_outcome_silences_and_latencies(tmp_path: Path) -> None:
    heard = Supervisor()
    async with stage(tmp_path, JAM, hurry=False, count=heard.tell, delay="2s", debounce="0s") as live:
        await live.say("jam buka?")
        (sent,) = live.channel.sent
        assert live.channel.inbox is not None
        for status in ("delivered", "read", "read"):
            await live.channel.inbox.receipt(Receipt(sent, status, live.clock.now()))
        live.channel.next_error = [REFUSED]
        await live.say("jam buka?", "6281200000003")
        live.channel.next_error = [UNKNOWN]
        await live.say("jam buka?", "6281200000004")
        await live.say("apa kabar")
        await live.say("kami yang tulis", from_me=True)
        live.counting.tell()
    assert heard.counts == {
        ("messages",): 4,
        ("replies", "jam-buka", "sent"): 1,
        ("replies", "jam-buka", "delivered"): 1,
        ("replies", "jam-buka", "read"): 1,
        ("replies", "jam-buka", "failed"): 1,
        ("replies", "jam-buka", "unknown"): 1,
        ("silences", "no_match"): 1,
    }
    *buckets, total = heard.latencies["arrival_to_due"]
    assert (sum(buckets), len(buckets)) == (3, len(BOUNDS) + 1)
    assert 6 <= total <= 12  # three delays of 2 to 4 s
    *buckets, total = heard.latencies["arrival_to_sent"]
    assert sum(buckets) == 1
    assert 2 <= total <= 4
    assert sum(heard.latencies["due_to_sent"][:-1]) == 1


async def test_replies_that_are_withheld_or_cancelled_are_no_failures(tmp_path: Path) -> None:
    heard = Supervisor()
    async with stage(tmp_path, JAM, hurry=False, count=heard.tell, delay="5s", debounce="0s") as live:
        live.clock.runs.clear()
        await live.say("jam buka?", settle=False)
        await live.say("jam buka?", "6281200000002", settle=False)
        await live.session_decided(2)
        taken, cancelled = await live.store.queued()
        await live.say("saya yang jawab", taken.chat, settle=False, from_me=True)
        while len(await live.store.queued()) > 1:
            await asyncio.sleep(0.01)
        assert cancel(tmp_path / "data", "warung", cancelled.id)
        live.clock.runs.set()
        await live.settle()
        live.counting.tell()
    outcomes = {series[-1]: number for series, number in heard.counts.items() if series[0] == "replies"}
    assert outcomes == {"withheld": 1, "cancelled": 1}


async def test_a_reply_that_a_killed_process_was_sending_is_counted_as_unknown(tmp_path: Path) -> None:
    said = message()
    before = open_store(tmp_path / "data", "warung")
    await before.journal([said], NOW)
    await before.record(answered(said))
    (reply,) = await before.queued()
    assert (await before.claim(reply, reply.due, allowed)).claimed
    await before.close()
    heard = Supervisor()
    async with stage(tmp_path, JAM, count=heard.tell) as live:
        live.counting.tell()
    assert heard.counts["replies", "jam-buka", "unknown"] == 1
    assert "arrival_to_sent" not in heard.latencies


async def test_what_waits_is_told(tmp_path: Path) -> None:
    heard = Supervisor()
    async with stage(tmp_path, JAM, hurry=False, count=heard.tell, delay="5s", debounce="0s") as live:
        live.clock.runs.clear()
        await live.say("jam buka?", settle=False)
        await live.session_decided(1)
        now = live.clock.now()
        waits = await live.store.alerts.backlog(now)
        live.clock.runs.set()
    assert (waits.outbox, waits.undecided, waits.oldest) == (1, 0, now)
    assert waits.due is not None
    assert waits.due >= now + 5_000


def test_rules_beyond_a_bound_are_one_and_news_stay_short() -> None:
    heard = Supervisor()
    from wabot.session.clock import ScriptClock

    counting = Counting(Mute(), ScriptClock(), heard.tell)
    for number in range(MOST_RULES + 50):
        counting.became(f"rule-{number}", "sent")
    counting.became("rule-1", "sent")
    counting.tell()
    assert heard.counts["replies", OTHER, "sent"] == 50
    assert heard.counts["replies", "rule-1", "sent"] == 2
    assert heard.longest == 200
    heard.counts.clear()
    counting.tell()
    assert heard.counts == {}


async def test_a_connection_that_is_cut_and_made_again_is_counted_and_the_first_one_is_not(tmp_path: Path) -> None:
    heard = Supervisor()
    async with stage(tmp_path, JAM, count=heard.tell) as live:
        counting = live.counting
        for status in ("starting", "connecting", "disconnected", "connecting", "connected", "degraded", "connected"):
            counting.stands(status)
        counting.tell()
        assert ("reconnects",) not in heard.counts
        for status in ("disconnected", "disconnected", "connecting", "connected", "disconnected", "connected"):
            counting.stands(status)
        counting.tell()
    assert heard.counts["reconnects",] == 2
