"""The tenants whose figures are asked for: brought up to date, each on its own clock."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wabot.analytics.known import Known, known
from wabot.analytics.period import Period, read_period
from wabot.cli.analytics.spoken import day
from wabot.cli.exit_codes import CLEAN, FAILURE
from wabot.cli.kept import live_rules
from wabot.cli.progress import Progress
from wabot.cli.stored import stored_tenants, when
from wabot.engine.hours import local
from wabot.model.errors import StoreError
from wabot.session.clock import RealClock
from wabot.store.sqlite.aggregating import Left, count_all
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

if TYPE_CHECKING:
    from wabot.language.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class Asked:
    """The period as it was typed, "" for what was not."""

    first: str = ""
    last: str = ""
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """A tenant whose figures can be read. `rules` are those that its session last had live (None: none were sound),
    `notes` what to know of the figures: whose clock they are on, and whether they are older than the chats."""

    folder: Path
    zone: tzinfo
    rules: "RuleSet | None"
    known: Known
    now: int
    notes: tuple[str, ...] = ()

    @property
    def tenant(self) -> str:
        return self.folder.name

    def period(self, asked: Asked) -> Period:
        """
        Raises:
            UsageError: it is none.
        """
        return read_period(asked.first, asked.last, asked.lasting, local(self.now, self.zone).date(), self.zone)

    def asking(self) -> AbstractContextManager[Ask]:
        """Its store, to be asked within the block.

        Raises:
            StoreError: it cannot be read.
        """
        return asking(self.folder, self.tenant)

    def silence(self, period: Period) -> str:
        """Why there is nothing to tell of the period, "" where there is."""
        first, last = self.known.first, self.known.last
        if first is None or last is None:
            return "no customer has written yet"
        if period.last < first:
            return f"nothing was written then: the first messages are those of {day(first)}"
        if period.first > last:
            return f"nothing was written then: the last messages are those of {day(last)}"
        return ""

    def about(self, period: Period) -> dict[str, Any]:
        """What machines are told of where the figures come from."""
        return {
            "tenant": self.tenant,
            "period": as_data(period),
            "counted_at": self.known.counted_at,
            "first_day": _iso(self.known.first),
            "last_day": _iso(self.known.last),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A tenant whose data cannot be read, and why."""

    tenant: str
    error: str


def figures_of_tenants(data: Path, names: Sequence[str] = (), *, anew: bool = False) -> "list[Shop | Unread]":
    """The tenants in `data`, or those that are named: what is not counted yet of their chats (or `anew`: everything) is
    counted now, as far as their stores can be written.

    Raises:
        UsageError: there is no such folder, or no such tenant in it.
        StoreError: there is one tenant, and its store cannot be read; or, `anew`, not be written.
    """
    now, progress = RealClock().now(), Progress()
    found: list[Shop | Unread] = []
    folders = stored_tenants(data, names)
    for folder in folders:
        try:
            found.append(_shop(folder, now, progress, anew=anew))
        except StoreError as error:
            if len(folders) == 1:
                raise
            found.append(Unread(folder.name, str(error)))
        finally:
            progress.end()
    return found


def exit_code(found: "Sequence[Shop | Unread]") -> int:
    """That of a command which could not tell of some."""
    return FAILURE if any(isinstance(one, Unread) for one in found) else CLEAN


def as_data(period: Period) -> dict[str, Any]:
    """A period for machines."""
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "days": len(period),
        "timezone": str(period.zone),
    }


def _shop(folder: Path, now: int, progress: Progress, *, anew: bool) -> Shop:
    rules = live_rules(folder)
    # Read first: where there is no store yet, or one of an older wabot, counting would make one.
    with asking(folder, folder.name) as ask:
        before = known(ask)
    zone, notes = zone_of(before.zone, rules)

    def told(left: Left) -> None:
        what = f"{left.chats:,} chats" if left.chats else f"{left.days:,} days"
        progress.at(f"counting {folder.name}: {what} left …")

    try:
        count_all(folder, folder.name, zone, now, told, anew=anew)
    except StoreError as error:
        if anew or before.counted_at is None:
            raise
        late = f"figures are as of {when(before.counted_at)}, since nothing newer can be counted: {error}"
        return Shop(folder, zone, rules, before, now, (*notes, late))
    with asking(folder, folder.name) as ask:
        return Shop(folder, zone, rules, known(ask), now, notes)


def zone_of(counted: str, rules: "RuleSet | None") -> tuple[tzinfo, tuple[str, ...]]:
    """The tenant's time zone, and a word about one that its rules do not tell: that in which it was `counted`."""
    if rules is not None:
        return rules.tenant.timezone, ()
    try:
        zone: tzinfo = ZoneInfo(counted) if counted else UTC
    except (ValueError, OSError):  # no zone of this machine
        zone = UTC
    return zone, (f"no sound rules of this tenant were ever live here: days are those of {zone}",)


def _iso(one: date | None) -> str | None:
    return None if one is None else one.isoformat()
