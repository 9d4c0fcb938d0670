"""How long people were there, hour by hour, from when their status changed."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from wabot.store.sqlite.local_hours import LocalHours
from wabot.store.sqlite.queries import Ask

_THERE = ("online", "busy")


def note_presence(ask: Ask, clock: LocalHours, since: int, now: int) -> None:
    """Bring analytics_presence up to date: what is known up to `since` (UTC milliseconds) is left as it is, but for the
    hour in which that was."""
    hour = clock.hour(since) if since else -1
    begin = clock.begins(since) if since else 0
    found = presence(ask("analytics_presence_rows", until=now), clock, begin, now)
    ask("analytics_presence_stale", hour=hour)
    ask("analytics_presence_drop", hour=hour)
    for (at, operator), millis in found.items():
        ask("analytics_presence_add", hour=at, operator=operator, millis=millis)
    ask("analytics_presence_stale", hour=hour)
    ask("analytics_presence_known", until=now)


def presence(
    changes: Iterable[tuple[str, int, str]], clock: LocalHours, begin: int, now: int
) -> dict[tuple[int, str], int]:
    """Milliseconds for which each person was there in each hour from `begin` until `now`. `changes` are a person, a
    moment and the status from then on, by person and in the order in which they happened."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for operator, group in groupby(changes, itemgetter(0)):
        since: int | None = None
        for _operator, at, status in (*group, (operator, now, "")):
            if since is not None:
                _spread(found, clock, operator, max(since, begin), at)
            since = at if status in _THERE else None
    return found


def _spread(found: dict[tuple[int, str], int], clock: LocalHours, operator: str, since: int, until: int) -> None:
    while since < until:
        ends = min(clock.ends(since), until)
        found[clock.hour(since), operator] += ends - since
        since = ends
