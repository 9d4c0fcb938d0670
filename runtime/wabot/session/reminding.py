"""Whether a person's reminder may be made: the same for the command line and the API."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from wabot.engine.follow_ups import refusal
from wabot.language.read import duration
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context

LONGEST: Final = 366 * 86_400_000
"""Milliseconds from now until a reminder is due, at most."""
NEVER: Final = {
    "customer_did_not_write_first": "this customer never wrote, and customers write first",
    "contact_blocked": "this customer is blocked",
    "conversation_spam": "this chat is spam",
    "conversation_resolved": "this chat is resolved; the customer must write again first",
    "conversation_closed": "this chat is closed; the customer must write again first",
    "not_in_scope": "auto_reply.only or auto_reply.except leaves this customer out",
    "dry_run": "auto_reply.dry_run is on: nothing is sent",
}
"""Why none is made, by the reason that `refusal` names."""
LATE: Final = "the customer will have been silent for more than 7 days: it is sent only if they write again before"
_SPAN: Final = re.compile(r"([0-9]{1,6}[smhd])+")


@dataclass
class Judge:
    """Why a reminder that is due at `due` is not made, or None: asked with what is known of the chat. Whatever only
    time can tell is asked again when it is due. `late` is set when the customer will have been silent for too long by
    then."""

    rules: RuleSet
    due: int
    late: bool = field(default=False, init=False)

    def __call__(self, context: Context) -> str | None:
        reason = refusal(self.rules, "", self.due, replace(context, now=self.due))
        self.late = reason == "customer_silent_too_long"
        return reason if reason in NEVER else None


def span(written: str) -> int | None:
    """`"2h"` → milliseconds; None when it is no time that a reminder may wait."""
    if not _SPAN.fullmatch(written) or not 0 < duration(written) <= LONGEST:
        return None
    return duration(written)
