"""Who answers, as the session asks its store."""

from collections.abc import Awaitable, Callable
from typing import Any

from wabot.model.people import Choose
from wabot.store.sqlite.assigning import distribute
from wabot.store.sqlite.queries import Ask


class People:
    """`wabot.ports.People` in SQLite; `run` does its work in a transaction of the store's."""

    def __init__(self, ask: Ask, run: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._ask, self._run = ask, run

    async def distribute(self, choose: Choose, at: int) -> int:
        return int(await self._run(lambda: distribute(self._ask, choose, at)))
