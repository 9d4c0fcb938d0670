"""What a tenant's store holds, in numbers."""

from sqlite3 import Row

from wabot.model.session import Reload, SessionState, Summary
from wabot.store.sqlite.queries import Ask


def _state(row: Row | None) -> SessionState:
    if row is None:
        return SessionState("stopped")
    return SessionState(row["status"], row["detail"], row["action"], dict(row).get("until", 0))


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
        paused_until=None if row is None else dict(row).get("paused_until"),
        reload=reload,
        contacts=counts["contacts"],
        received=counts["received"],
        waiting=counts["waiting"],
        outbox={row["status"]: row["number"] for row in ask("summary_outbox")},
        by_rule={row["rule_id"]: row["total_triggered"] for row in ask("summary_rules")},
        by_reason=reasons,
        set_aside=reasons.get("set_aside", 0),
    )
