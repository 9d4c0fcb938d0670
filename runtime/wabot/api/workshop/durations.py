"""Durations as the wire has them, in numbers, and as rules have them."""

from typing import Final

from wabot.language.read import duration

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def written(seconds: int) -> str:
    """5400 → `1h30m`; nothing → `0s`."""
    parts = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def counted(text: str, unit: int) -> int | float:
    """`1h30m` → 90 of 60,000 milliseconds each; a whole number where it is one."""
    whole, rest = divmod(duration(text), unit)
    return whole if not rest else round(whole + rest / unit, 6)
