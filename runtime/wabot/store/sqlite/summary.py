"""What a tenant's store holds, in numbers."""

from sqlite3 import OperationalError, Row

from wabot.model.session import Reload, SessionState, Summary
from wabot.store.sqlite.queries import Ask


def _state(row: Row | None) -> SessionState:
    if row is None:
        return SessionState("stopped")
    return SessionState(row["status"], row["detail"], row["action"], dict(row).get("until", 0))


def _first_contacts(ask: Ask) -> int | None:
    try:
        row = ask("restraint_of_first_contacts", now=0).fetchone()
    except OperationalError:  # a file that no process of this version has opened yet
        return None
    return None if row is None else row["until"]


def summary(ask: Ask, tenant: str) -> Summary:
    row = ask("session_row").fetchone()
    counts = ask("summary_counts").fetchone()
    reasons = {row["why"]: row["number"] for row in ask("summary_reasons")}
    reload = None
    # A file that no process of this version has opened yet lacks the columns that are asked for by `get`.
    if row is not None and row["reload_at"] is not None:
        reload = Reload(row["reload_at"], bool(row["reload_ok"]), row["reload_revision"], row["reload_detail"])
    return Summary(
        tenant=tenant,
        state=_state(row),
        state_since=None if row is None else row["since"],
        first_contacts_until=_first_contacts(ask),
        paused_until=None if row is None else dict(row).get("paused_until"),
        reload=reload,
        contacts=counts["contacts"],
        received=counts["received"],
        waiting=counts["waiting"],
        pending=counts["pending"],
        outbox={row["status"]: row["number"] for row in ask("summary_outbox")},
        by_rule={row["rule_id"]: row["total_triggered"] for row in ask("summary_rules")},
        by_reason=reasons,
        set_aside=reasons.get("set_aside", 0),
    )
