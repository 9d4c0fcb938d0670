"""News that a person must hear of soon."""

from dataclasses import dataclass
from typing import Literal

AlertKind = Literal[
    "loop",
    "set_aside",
    "handoff",
    "restricted",
    "unsent",
    "session",
    "reload",
    "parked",
    "damaged",
    "webhook",
    "api",
    "test",
]
AlertStatus = Literal["open", "delivered", "dead"]


@dataclass(frozen=True, slots=True)
class Alert:
    """`text` is for people, and holds no message's text and no whole number of a customer."""

    kind: AlertKind
    text: str


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert and what became of it. Times are UTC milliseconds. `id` stays the same however often it is delivered;
    `tenant` is whom it is about ("": the node); `count` is how often the same was raised within ten minutes, `raised`
    the first time; `attempts` are deliveries that were begun, `due` is when the next one is; `ended` is when it was
    delivered or given up; `error` says why the last attempt failed."""

    id: str
    tenant: str
    kind: str
    text: str
    count: int
    raised: int
    status: AlertStatus
    attempts: int
    due: int
    ended: int | None
    error: str
