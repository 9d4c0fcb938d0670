"""A tenant's session as people see it: the state, what is wrong, and what a person must do are three things."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SessionStatus = Literal[
    "starting",
    "qr_pending",
    "connecting",
    "connected",
    "degraded",
    "disconnected",
    "logout",
    "banned",
    "restricted",
    "replaced",
    "outdated",
    "rules_invalid",
    "stopped",
    "restarting",
    "parked",
    "needs_a_person",
    "refused",
]
"""The last four are said by the supervisor of a session that does not run (daemon/standing.py)."""


@dataclass(frozen=True, slots=True)
class SessionState:
    """`detail` says what is wrong in a sentence, `action` what a person must do ("" = nothing). `until` (UTC
    milliseconds, 0 = nobody knows) is when a ban or a restriction ends, and the next attempt is made."""

    status: SessionStatus
    detail: str = ""
    action: str = ""
    until: int = 0

    @property
    def final(self) -> bool:
        """Whether a session that ends in this state ends because of it: a person must act before another can do more.
        A long outage, or rules with errors, are mended outside, and noticed by whoever runs then."""
        return bool(self.action) and self.status not in ("disconnected", "rules_invalid")


@dataclass(frozen=True, slots=True)
class Reload:
    """The outcome of the last look at the tenant's rules. `revision` names the rules that are live (a content hash)."""

    at: int
    ok: bool
    revision: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a tenant's store holds, for `wabot status`. `set_aside` counts the messages that could not be decided,
    `pending` the chats that wait for a person. Until
    `first_contacts_until` nobody new is answered, because WhatsApp restricts the number."""

    tenant: str
    state: SessionState
    state_since: int | None = None
    reload: Reload | None = None
    contacts: int = 0
    received: int = 0
    waiting: int = 0
    outbox: Mapping[str, int] = field(default_factory=dict)
    by_rule: Mapping[str, int] = field(default_factory=dict)
    by_reason: Mapping[str, int] = field(default_factory=dict)
    set_aside: int = 0
    pending: int = 0
    paused_until: int | None = None
    first_contacts_until: int | None = None

    def restricted_until(self, now: int) -> int:
        """When the restriction ends that stands at `now`; 0 when none does."""
        until = self.first_contacts_until or 0
        return until if until > now else 0
