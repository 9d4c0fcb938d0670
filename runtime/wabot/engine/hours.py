"""Whether a shop is open at a moment, and how to say when."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from wabot.language.formats import DAY_NAMES
from wabot.language.hours import DAY, Hours, Spans

_ONE_DAY: Final = timedelta(days=1)
_LOOK_AHEAD: Final = 60
"""Days: a shop that opens in none of them says so."""

_WORDS: Final = {
    "id": {
        "closed": "tutup",
        "always": "24 jam",
        "and": "dan",
        "today": "hari ini",
        "tomorrow": "besok",
        "at": "pukul",
        "never": "belum ditentukan",
    },
    "en": {
        "closed": "closed",
        "always": "24 hours",
        "and": "and",
        "today": "today",
        "tomorrow": "tomorrow",
        "at": "at",
        "never": "not decided yet",
    },
}
_ENGLISH_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def local(now: int, zone: tzinfo) -> datetime:
    """UTC milliseconds → the tenant's wall clock."""
    return datetime.fromtimestamp(now / 1000, zone)


def local_day(now: int, zone: tzinfo) -> str:
    """The tenant's date at `now`, as YYYY-MM-DD."""
    return local(now, zone).date().isoformat()


def spans_of(hours: Hours, day: date) -> Spans:
    """The spans that begin on `day`: special > closed > calendar > weekly."""
    if day in hours.special:
        return hours.special[day]
    if hours.closed and any(first <= day <= last for first, last in hours.closed):
        return ()
    if hours.calendar and day in _holidays(hours, day.year):
        return ()
    return hours.weekly[day.weekday()]


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether `at` (the tenant's wall clock) lies in a span of its day, or in one of the day before that runs past
    midnight. A span ends before its end."""
    if hours.always:
        return True
    minute = at.hour * 60 + at.minute
    today = at.date()
    for span in spans_of(hours, today):
        if span.start <= minute < span.end:
            return True
    return any(minute < span.end - DAY for span in spans_of(hours, today - _ONE_DAY))


def today_text(hours: Hours, at: datetime, language: str) -> str:
    """`09.00–12.00 dan 13.00–21.00`, or that the shop is closed today."""
    words = _WORDS[language]
    spans = spans_of(hours, at.date())
    if not spans:
        return words["closed"]
    if spans[0].end - spans[0].start >= DAY:
        return words["always"]
    texts = [f"{_clock(span.start)}–{_clock(span.end)}" for span in spans]
    return f" {words['and']} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def next_open_text(hours: Hours, at: datetime, language: str) -> str:
    """When the shop opens next, at or after `at`: `hari ini pukul 13.00`, `besok pukul 09.00`, `Senin pukul 09.00`."""
    words = _WORDS[language]
    minute = at.hour * 60 + at.minute
    for ahead in range(_LOOK_AHEAD):
        day = at.date() + timedelta(days=ahead)
        for span in spans_of(hours, day):
            if ahead or span.start >= minute or span.start <= minute < span.end:
                return f"{_day(words, language, day, ahead)} {words['at']} {_clock(span.start)}"
    return words["never"]


def _day(words: dict[str, str], language: str, day: date, ahead: int) -> str:
    if ahead < 2:
        return words["tomorrow" if ahead else "today"]
    name = (DAY_NAMES if language == "id" else _ENGLISH_DAYS)[day.weekday()]
    return name if ahead < 7 else f"{name}, {day.day}/{day.month}"


def _clock(minute: int) -> str:
    minute %= DAY
    return f"{minute // 60:02}.{minute % 60:02}"


def _holidays(hours: Hours, year: int) -> frozenset[date]:
    known = hours.public.get(year)
    return public_holidays(hours.calendar, year) if known is None else known


def with_public_holidays(hours: Hours, years: Iterable[int]) -> Hours:
    """The hours with the public holidays of these years looked up."""
    if not hours.calendar:
        return hours
    from dataclasses import replace

    return replace(hours, public={year: public_holidays(hours.calendar, year) for year in years})


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country. The first call takes a tenth of a second: a large library is imported."""
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))
