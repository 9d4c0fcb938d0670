"""A generated year of a believable shop, in a store that `wabot analytics --data DATA_DIR` reads.

`python bench/make_history.py DATA_DIR --tenant T --days 365 --messages N --seed 1 [--until 2026-06-30]`. The rules are
those of rules/warung-sari, and what they answer is what `decide` says; what customers and people do is made up. The
same seed and last day make the same rows. Without `--until` the time ends now.
"""

import argparse
import gc
import random
import sqlite3
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

if not __package__:  # run as a file: what it imports lies in the project's folder
    sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.history.customers import Customers
from bench.history.days import hours, weight
from bench.history.rows import Ids, Rows, bare, mark_dirty
from bench.history.sending import keep_promises
from bench.history.shop import Shop, begin_of
from bench.history.staff import Staff
from bench.history.visits import visit
from wabot.cli.progress import Progress
from wabot.engine.hours import local, public_holidays, with_public_holidays
from wabot.engine.load import load_tenant
from wabot.language.rule_set import RuleSet
from wabot.model.value import changed
from wabot.session.clock import RealClock
from wabot.session.last_sound import LastSound
from wabot.store.sqlite.opening import NAME, open_file

RULES: Final = Path(__file__).parent.parent / "rules" / "warung-sari"
_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR


def fill(folder: Path, messages: int, days: int = 365, seed: int = 1, until: date | None = None) -> Shop:
    """Write the store in `folder` (`data/<tenant>`), which must not hold one: `messages` (within 1 %) of the `days`
    that end with `until`, or now. What is returned tells what there is; its rows are written.

    Raises:
        FileExistsError: there is a store already.
    """
    if (folder / NAME).exists():
        raise FileExistsError(f"{folder / NAME} is there already: history is only made for a new tenant")
    rules = _rules()
    now = RealClock().now()
    last = until or local(now, rules.tenant.timezone).date()
    first = last - timedelta(days - 1)
    years = range(first.year, last.year + 1)
    rules = changed(rules, hours=with_public_holidays(rules.hours, years))
    begin, end = begin_of(first, rules), begin_of(last + timedelta(1), rules) if until else now
    connection = open_file(folder)
    # A file that is only begun has nothing to lose.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("PRAGMA foreign_keys = OFF")  # chats are written last
    chance = random.Random(seed)
    rows, ids = Rows(connection, folder.name), Ids(chance)
    shop = Shop(rules, rows, ids, chance, Staff(rows, ids, chance), begin, end)
    progress = Progress()
    gc.disable()  # hardly anything is in cycles, and looking for them costs a fifth
    with bare(connection):
        _live(shop, Customers(shop), first, days, messages, progress)
        progress.at("writing what is left …")
        shop.write()
        rows.write()
        mark_dirty(connection, folder.name)
        _session(connection, folder.name, shop)
    gc.enable()
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    LastSound(folder, folder.name).keep(RULES, ())  # whoever asks for figures reads the clock there
    progress.end()
    return shop


def _rules() -> RuleSet:
    rule_set = load_tenant(RULES).rule_set
    assert rule_set is not None, "the example tenant has errors"
    return rule_set


def _live(shop: Shop, customers: Customers, first: date, days: int, messages: int, progress: Progress) -> None:
    """Day after day, as many visits as bring the messages that the day should end with."""
    chance = shop.chance
    holidays = frozenset(one for year in (first.year, first.year + 1) for one in public_holidays("ID", year))
    busy = [weight(first + timedelta(number), number, days, holidays, chance) for number in range(days)]
    # Of today only what is over counts.
    last = first + timedelta(days - 1)
    busy[-1] *= sum(_open_hours(shop, last, begin_of(last, shop.rule_set))) / sum(hours(last))
    whole, so_far = sum(busy), 0.0
    _trouble(shop, days)
    customers.imported(messages)
    before = shop.messages
    for number in range(days):
        day = first + timedelta(number)
        midnight = begin_of(day, shop.rule_set)
        so_far += busy[number]
        shop.staff.work(day, midnight, number / days, shop.end)
        spread = _open_hours(shop, day, midnight)
        while spread and shop.messages < before + (messages - before) * so_far / whole:
            hour = chance.choices(range(24), spread)[0]
            at = midnight + hour * _HOUR + int(chance.random() * _HOUR)
            if at < shop.end:
                visit(shop, customers.somebody(at), at)
        for chat in shop.fallen_due(midnight + _DAY):
            keep_promises(shop, chat, midnight + _DAY)
        shop.rows.write()
        progress.at(f"{shop.messages:,} of {messages:,} messages …")
    for chat in customers.all:
        chat.write(shop)


def _open_hours(shop: Shop, day: date, midnight: int) -> list[float]:
    """How likely each hour is; nothing for those that have not come yet."""
    ahead = [max(0.0, min(1.0, (shop.end - midnight - number * _HOUR) / _HOUR)) for number in range(24)]
    spread = [often * part for often, part in zip(hours(day), ahead, strict=True)]
    return spread if any(spread) else []


def _trouble(shop: Shop, days: int) -> None:
    """The line is down now and then, and the owner pauses the bot for an afternoon."""
    chance, span = shop.chance, shop.end - shop.begin
    for _ in range(1 + days // 120):
        at = shop.begin + int(chance.random() * span) // _DAY * _DAY + int(chance.uniform(10, 19) * _HOUR)
        shop.outages.append((at, at + int(chance.uniform(0.3, 3) * _HOUR)))
        at = shop.begin + int(chance.random() * span) // _DAY * _DAY + int(chance.uniform(9, 17) * _HOUR)
        shop.pauses.append((at, at + int(chance.uniform(1, 5) * _HOUR)))


def _session(connection: sqlite3.Connection, tenant: str, shop: Shop) -> None:
    connection.execute(
        "INSERT INTO sessions (tenant_id, status, since, reload_at, reload_ok, connected_at) "
        "VALUES (?, 'connected', ?, ?, 1, ?)",
        (tenant, shop.begin, shop.begin, shop.begin),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--tenant", default="warung-sari")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=date.fromisoformat, help="the last day (today, until now)")
    asked = parser.parse_args()
    if asked.days < 1 or asked.messages < 1:
        parser.error("--days and --messages begin at 1")
    began = time.perf_counter()
    try:
        shop = fill(asked.data / asked.tenant, asked.messages, asked.days, asked.seed, asked.until)
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 2
    spent = time.perf_counter() - began
    print(f"{shop.messages:,} messages in {asked.data / asked.tenant / NAME}, after {spent:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
