"""What goes wrong, as clients read it: `{statusCode, error, message, code}`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

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


def unavailable() -> Problem:
    """503: a tenant's store cannot be used. Why stands in the log: it names files of the machine."""
    message = "What is stored of this tenant cannot be used now; `wabot doctor` says why."
    return Problem(503, message, "STORE_UNAVAILABLE", headers={"retry-after": "5"})


PROBLEM: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "required": ["statusCode", "error", "message", "code"],
    "properties": {
        "statusCode": {"type": "integer"},
        "error": {"type": "string", "description": "The status in words."},
        "message": {"type": "string", "description": "A sentence for people."},
        "code": {"type": "string", "description": "A word for programs."},
        "fields": {"type": "array", "items": {"type": "string"}, "description": "What is wrong with each field."},
        "id": {"type": "string", "description": "Under which the log has it."},
    },
}
"""The JSON Schema of every error's body; some add fields of their own."""
