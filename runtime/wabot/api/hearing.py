"""What the API hears from the processes beside it (`wabot.bus`), and who in it is told."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from wabot.api.house import House
from wabot.bus import API, Ear

_PART: Final = "hearing"

Told = Callable[[Mapping[str, Any]], None]


def on_word(house: House, kind: str, told: Told) -> None:
    """Have `told` called with each word of that kind."""
    _listening(house).setdefault(kind, []).append(told)


@asynccontextmanager
async def hearing(house: House) -> AsyncIterator[None]:
    """The API hears within the block. Where nobody can listen it goes on: it looks by itself every second."""

    def heard(kind: str, word: Mapping[str, Any]) -> None:
        for told in _listening(house).get(kind, ()):
            told(word)

    ear = None
    try:
        ear = Ear(house.data, API, heard)
    except OSError as error:
        house.report.note("the API is deaf to the sessions, and looks by itself", level="warning", error=str(error))
    try:
        yield
    finally:
        if ear is not None:
            ear.close()


def _listening(house: House) -> dict[str, list[Told]]:
    return house.part(_PART, dict)
