"""Who answers, as the session asks its store."""

from collections.abc import Awaitable, Callable
from typing import Any

from wabot.model.people import NO_LIMITS, Choose, Limits
from wabot.store.sqlite.assigning import distribute
from wabot.store.sqlite.queries import Ask


class People:
    """`wabot.ports.People` in SQLite; `run` does its work in a transaction of the store's."""

    def __init__(self, ask: Ask, run: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._ask, self._run = ask, run

    async def distribute(self, choose: Choose, at: int, limits: Limits = NO_LIMITS) -> int:
        def work() -> int:
            self._ask("conversations_wake", at=at)
            if limits.absent_after is not None:
                self._ask("operators_absent", before=at - limits.absent_after, at=at)
            return distribute(self._ask, choose, at, limits.answer_within)

        return int(await self._run(work))
