"""The audit log: who did what in a tenant. Part of a transaction of the caller's."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from wabot.store.sqlite.queries import Ask

KEPT: Final = 400 * 86_400_000
"""Milliseconds for which an entry is kept."""
_EVERY: Final = 500
"""Entries after which those that are too old go."""
_END: Final = 2**62

ActorKind = Literal["person", "key", "command", "system"]
By = Literal["", "action", "actor", "subject"]


class Entry(NamedTuple):
    """One act. `actor` is a person's e-mail, or a key's id; `subject` the id of what was acted on."""

    tenant: str
    kind: ActorKind
    actor: str
    action: str
    subject: str = ""
    detail: Mapping[str, Any] = {}
    address: str = ""
    at: int = 0
    sequence: int = 0


def note(ask: Ask, entry: Entry) -> None:
    """Keep an entry."""
    added = ask(
        "audit_add",
        tenant=entry.tenant,
        kind=entry.kind,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        detail=json.dumps(entry.detail, ensure_ascii=False),
        address=entry.address,
        at=entry.at,
    )
    if (added.lastrowid or 0) % _EVERY == 0:
        ask("audit_drop", before=entry.at - KEPT)


def entries(
    ask: Ask, tenant: str, most: int, before: int | None = None, *, by: By = "",
    word: str = "",
) -> list[Entry]:  # fmt: skip
    """The newest `most` entries of the tenant before the one with that sequence; with `by`, those whose action, actor
    or subject is `word`."""
    statement = f"audit_listed_by_{by}" if by else "audit_listed"
    more = {by: word} if by else {}
    rows = ask(statement, tenant=tenant, before=_END if before is None else before, most=most, **more)
    return [
        Entry(
            row["tenant_id"],
            row["actor_kind"],
            row["actor"],
            row["action"],
            row["subject"],
            json.loads(row["detail"]),
            row["address"],
            row["at"],
            row["sequence"],
        )
        for row in rows
    ]
