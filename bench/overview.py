"""What the figures of a shop with 1,000,000 messages cost: the overview beside bare SQL, and keeping them.

`make bench`. A generated year (bench/make_history.py). The overview as `wabot analytics` computes it, in process,
beside bare sqlite3 that fetches the same sums from the same tables; taking turns, after both told the same.
Then what it costs to count everything anew, and one day's traffic. `python -m bench.overview [MESSAGES]`.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.make_history import RULES, fill
from wabot.analytics.overview import Overview, overview
from wabot.analytics.period import Period
from wabot.cli.progress import Progress
from wabot.engine.load import load_tenant
from wabot.store.sqlite.aggregating import count_all
from wabot.store.sqlite.opening import NAME, open_file
from wabot.store.sqlite.reading import asking
from wabot.store.sqlite.sums import COLUMNS

MESSAGES: Final = 1_000_000
DAYS: Final = 365
LAST: Final = date(2026, 6, 30)
TENANT: Final = "warung"
SPANS: Final = (7, 30, 365)
ROUNDS: Final = 15
AIM: Final = 3.0
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DISTINCT: Final = ("total_conversations", "unique_customers")
_SUMS: Final = tuple(name for name in COLUMNS if name not in (*_DISTINCT, "active_conversations"))
_OF_DAYS: Final = (
    f"SELECT date, {', '.join((*_DISTINCT, *_SUMS))} FROM chat_analytics "
    "WHERE tenant_id = ? AND hour IS NULL AND date BETWEEN ? AND ?"
)
_OF_PERIOD: Final = (
    f"SELECT {', '.join(f'SUM({name})' for name in _SUMS)} FROM chat_analytics "
    "WHERE tenant_id = ? AND hour IS NULL AND date BETWEEN ? AND ?"
)
_OF_WEEK: Final = (
    "SELECT strftime('%w', date), hour, SUM(messages_from_customers), SUM(questions), "
    "SUM(rule_responses + person_responses), SUM(rule_response_millis + person_response_millis) FROM chat_analytics "
    "WHERE tenant_id = ? AND hour IS NOT NULL AND date BETWEEN ? AND ? GROUP BY 1, 2"
)
_OF_CHATS: Final = (
    "SELECT COUNT(*), SUM(asked) FROM (SELECT MAX(from_customer > 0) AS asked FROM analytics_hours "
    "WHERE tenant_id = ? AND hour >= ? AND hour < ? AND from_customer + from_people + from_rules + from_system > 0 "
    "GROUP BY conversation_id)"
)


class Bare(NamedTuple):
    """What bare SQL fetches of a period."""

    days: list[Any]
    total: tuple[int, ...]
    week: list[Any]
    chats: tuple[int, int]


def bare(connection: sqlite3.Connection, period: Period) -> Bare:
    """The same figures, with nothing around them."""
    first, beyond = (day.toordinal() - _EPOCH for day in (period.first, period.last + timedelta(1)))
    days = (TENANT, period.first.isoformat(), period.last.isoformat())
    return Bare(
        connection.execute(_OF_DAYS, days).fetchall(),
        connection.execute(_OF_PERIOD, days).fetchone(),
        connection.execute(_OF_WEEK, days).fetchall(),
        connection.execute(_OF_CHATS, (TENANT, 24 * first, 24 * beyond)).fetchone(),
    )


def agree(found: Overview, fetched: Bare) -> None:
    """Both tell the same."""
    total = found.total
    assert (total.chats, total.unique_customers) == fetched.chats
    kept = [value for name, value in total._asdict().items() if name not in ("chats", "unique_customers")]
    assert kept == list(fetched.total)
    assert len([day for day in found.days.values() if any(day)]) == len([row for row in fetched.days if any(row[1:])])


def compare(folder: Path, period: Period) -> tuple[float, float]:
    """Median milliseconds of the overview, and of bare SQL."""
    spent: tuple[list[float], list[float]] = ([], [])
    with asking(folder, TENANT) as ask, closing(sqlite3.connect(folder / NAME)) as connection:
        for number in range(ROUNDS + 2):
            began = time.perf_counter()
            found = overview(ask, period)
            between = time.perf_counter()
            fetched = bare(connection, period)
            ended = time.perf_counter()
            if number < 2:  # the first look reads the pages
                agree(found, fetched)
                continue
            spent[0].append(1_000 * (between - began))
            spent[1].append(1_000 * (ended - between))
    return statistics.median(spent[0]), statistics.median(spent[1])


def keeping(folder: Path, zone: Any, now: int, messages: int) -> None:
    """What counting costs of one core: everything anew, and the chats of one day."""
    progress = Progress()
    began = time.process_time()
    count_all(folder, TENANT, zone, now, lambda left: progress.at(f"{left.chats:,} chats to count …"), anew=True)
    anew = time.process_time() - began
    progress.end()
    with closing(open_file(folder)) as connection:
        day = (now - 86_400_000, now)
        said = connection.execute(
            "SELECT COUNT(*), COUNT(DISTINCT conversation_id) FROM messages WHERE created_at BETWEEN ? AND ?", day
        ).fetchone()
        connection.execute(
            "INSERT INTO analytics_dirty (tenant_id, conversation_id) SELECT DISTINCT tenant_id, conversation_id "
            "FROM messages WHERE created_at BETWEEN ? AND ?",
            day,
        )
    began = time.process_time()
    count_all(folder, TENANT, zone, now)
    one_day = time.process_time() - began
    print(f"\nanew: {anew:.1f} s for {messages:,} messages, {messages / anew:,.0f} a second")
    print(f"one day's traffic, {said[0]:,} messages in {said[1]:,} chats: {1_000 * one_day:.0f} ms")


def main() -> int:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    rules = load_tenant(RULES).rule_set
    assert rules is not None, "the example tenant has errors"
    zone = rules.tenant.timezone
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as place:
        folder = Path(place) / TENANT
        shop = fill(folder, messages, DAYS, 1, LAST)
        # Counted before the table is printed: the overview reads what this leaves.
        keeping(folder, zone, shop.end, shop.messages)
        print(f"\n| of {shop.messages:,} messages | overview | bare SQL | ratio |\n|---|---:|---:|---:|")
        worst = 0.0
        for days in SPANS:
            period = Period(LAST - timedelta(days - 1), LAST, zone)
            ours, floor = compare(folder, period)
            worst = max(worst, ours / floor)
            print(f"| {days} days | {ours:.2f} ms | {floor:.2f} ms | {ours / floor:.2f}× |")
    print(f"\naim: ≤ {AIM:g}×: {'reached' if worst <= AIM else 'MISSED'}")
    return 0 if worst <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
