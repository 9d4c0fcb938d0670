"""What becomes of an error that nobody expected: the log has its place under an id, the client gets the id."""

import secrets
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wabot.api.answers import refusal
from wabot.api.problems import Problem
from wabot.model.failure import place_of

Note = Callable[..., Any]
"""Is told an event in plain words, with `level` and details: `Report.note`."""


class Failing:
    """Answers 500 with an id. Neither the answer nor the log holds the error's text, which can quote a customer, and no
    traceback goes anywhere."""

    def __init__(self, app: ASGIApp, note: Note) -> None:
        self._app, self._note = app, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def forward(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, forward)
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            id = "-".join(secrets.token_hex(2) for _ in range(3))  # never so many digits that a log masks them
            # The route as it is written, not as it was asked for: its places may hold numbers.
            route = getattr(scope.get("route"), "path", "")
            self._note("a request failed", level="error", id=id, route=route, error=place_of(error))
            if begun:  # the client sees that its answer is cut off
                raise ConnectionAbortedError(id) from None
            problem = Problem(500, f"Something went wrong here. The log has it as {id}.", id=id)
            await refusal(problem)(scope, receive, send)
