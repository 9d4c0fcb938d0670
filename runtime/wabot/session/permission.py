"""Whether a reply may go out now. Pure: the last check before every send, whoever wants to send."""

from typing import Final

from wabot.language.rule_set import AutoReply
from wabot.model.turn import REMINDER, Outbound, SendFacts

WAIT: Final = "max_per_minute"
PAUSED: Final = "paused"
FIRST_CONTACT: Final = "first_contacts_stopped"
"""WhatsApp restricts the number, and this customer never got a message of ours: a person must answer."""
WAITING: Final = frozenset({WAIT, PAUSED})
"""The refusals that time heals."""

RETRIES: Final = 5


def permission(
    outbound: Outbound, facts: SendFacts, settings: AutoReply, now: int, own: str = "", set_forward: int = 0
) -> str | None:
    """None, or why not. A customer who did not write first is never written to, and no setting changes that. A note
    goes to the tenant's own number (`own`, digits) and to nobody else. What a person writes is held back by nothing
    that holds the bot. `set_forward`: milliseconds by which the clock was set forward while the reply waited."""
    if outbound.kind == "note":
        if not own or outbound.chat != own:
            return "not_the_own_number"
        return "dry_run" if settings.dry_run else None
    if not facts.customer_wrote:
        return "customer_did_not_write_first"
    if facts.blocked:
        return "contact_blocked"
    if outbound.kind == "person":
        return None
    if facts.paused_until is not None and facts.paused_until > now and outbound.rule != REMINDER:
        return "handled_by_person"
    if settings.dry_run:
        return "dry_run"
    if facts.first_contact_stopped:
        return FIRST_CONTACT
    limited = facts.sent_last_minute >= settings.max_per_minute
    if now - set_forward - outbound.due > settings.stale_after:
        # After an outage, or in a crowd: an answer to a question of long ago would only puzzle the customer.
        return "paused_until_stale" if facts.tenant_paused else "max_per_minute_until_stale" if limited else "stale"
    if facts.tenant_paused:
        return PAUSED
    return WAIT if limited else None


def backoff(attempt: int) -> int:
    """Milliseconds until a send that failed harmlessly is tried again; `attempt` counts from 1."""
    return int(min(1_000 * 2 ** (attempt - 1), 60_000))
