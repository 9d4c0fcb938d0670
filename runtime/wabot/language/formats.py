"""How Indonesia writes money, dates and times: the filters of replies."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

DAY_NAMES: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def rupiah(amount: float) -> str:
    """25000 → Rp25.000."""
    whole = round(amount)
    return f"{'-' if whole < 0 else ''}Rp{abs(whole):,}".replace(",", ".")


def tanggal(day: date) -> str:
    """A date → Rabu, 28 Januari 2026."""
    return f"{DAY_NAMES[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def jam(at: datetime | time) -> str:
    """A time of day → 09.00."""
    return f"{at.hour:02}.{at.minute:02}"


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {"rupiah": rupiah, "tanggal": tanggal, "jam": jam}
