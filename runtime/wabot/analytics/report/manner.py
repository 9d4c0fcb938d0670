"""How a language writes numbers, days and how long things take."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from wabot.language.formats import DAY_NAMES, MONTHS

_WORDS: Final = {
    "id": {
        "days": DAY_NAMES,
        "months": MONTHS,
        "units": ("dtk", "mnt", "jam", "hari"),
    },
    "en": {
        "days": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "months": (
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
        "units": ("s", "min", "h", "d"),
    },
}  # fmt: skip
_STEPS: Final = ((86_400, 3), (3_600, 2), (60, 1))
NONE: Final = "–"
"""Stands where nothing was counted."""
_SPACE: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Manner:
    """A language's way to write figures: "id" or "en"."""

    language: str

    def whole(self, number: int) -> str:
        """1234 → 1.234, or 1,234 in English."""
        return self._marks(f"{number:,}")

    def decimal(self, number: float | None, places: int = 1) -> str:
        """1234.5 → 1.234,5, or 1,234.5 in English."""
        return NONE if number is None else self._marks(f"{number:,.{places}f}")

    def percent(self, number: float | None, places: int = 1) -> str:
        """64.25 → 64,3%; a share that is not quite all, or not quite none, never reads as if it were."""
        if number is None:
            return NONE
        least = 10.0**-places
        if 0 < number < least:
            number = least
        elif 100 - least < number < 100:
            number = 100 - least
        return f"{self.decimal(number, 0 if number in (0, 100) else places)}%"

    def signed(self, number: float, places: int = 0) -> str:
        """−12 or +12."""
        written = self.decimal(abs(number), places)
        return written if not float(f"{number:.{places}f}") else f"{'−' if number < 0 else '+'}{written}"

    def lasting(self, seconds: float | None) -> str:
        """245 → 4 mnt 5 dtk, or 4 min 5 s in English: the two largest units."""
        if seconds is None:
            return NONE
        units = _WORDS[self.language]["units"]
        if seconds < 9.95:
            return f"{self._marks(f'{seconds:.1f}'.removesuffix('.0'))}{_SPACE}{units[0]}"
        rest = round(seconds)
        for size, unit in _STEPS:
            if rest >= size:
                smaller = rest % size // (_STEPS[_STEPS.index((size, unit)) + 1][0] if unit > 1 else 1)
                first = f"{rest // size}{_SPACE}{units[unit]}"
                return f"{first} {smaller}{_SPACE}{units[unit - 1]}" if smaller else first
        return f"{rest}{_SPACE}{units[0]}"

    def day(self, day: date) -> str:
        """26 November 2026."""
        return f"{day.day} {self.month(day)} {day.year}"

    def days(self, first: date, last: date) -> str:
        """1–26 November 2026; 28 Oktober – 26 November 2026."""
        if first == last:
            return self.day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        begin = f"{first.day} {self.month(first)}" if first.year == last.year else self.day(first)
        return f"{begin} – {self.day(last)}"

    def short_day(self, day: date) -> str:
        """26 Nov."""
        return f"{day.day}{_SPACE}{self.short_month(day)}"

    def month(self, day: date) -> str:
        return _WORDS[self.language]["months"][day.month - 1]

    def short_month(self, day: date) -> str:
        """Nov; in Indonesian Agt for August, as people write it."""
        return "Agt" if (self.language, day.month) == ("id", 8) else self.month(day)[:3]

    def weekday(self, number: int) -> str:
        """Monday is 0."""
        return _WORDS[self.language]["days"][number]

    def short_weekday(self, number: int) -> str:
        return self.weekday(number)[:3]

    def hour(self, hour: int) -> str:
        """09.00, or 09:00 in English."""
        return f"{hour:02}{'.' if self.language == 'id' else ':'}00"

    def moment(self, at: int, zone: tzinfo) -> str:
        """UTC milliseconds → 26 November 2026 14.05 WIB."""
        there = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
        clock = f"{there.hour:02}{'.' if self.language == 'id' else ':'}{there.minute:02}"
        return f"{self.day(there.date())} {clock} {there.tzname() or ''}".rstrip()

    def _marks(self, written: str) -> str:
        return written.translate(_TURNED) if self.language == "id" else written


_TURNED: Final = str.maketrans(",.", ".,")
