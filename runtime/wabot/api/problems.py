"""What goes wrong, as clients read it: `{statusCode, error, message, code}`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from wabot.model.errors import WabotError


class Problem(WabotError):
    """A request that is answered with an error. `message` is a sentence for people, `code` a word for programs; `more`
    is added to the body, `headers` to the answer."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.headers, self.more = status, message, dict(headers or {}), more
        self.code = code or HTTPStatus(status).name

    def body(self) -> dict[str, Any]:
        return {
            "statusCode": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.message,
            "code": self.code,
            **self.more,
        }


def unknown(what: str, id: str) -> Problem:
    """404: there is no such thing here, or it is another tenant's, which is the same to whoever asks."""
    return Problem(404, f"There is no {what} {id!r} here.")
