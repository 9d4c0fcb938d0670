"""`wabot analytics operators`: what each of the people who answer did."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from wabot.analytics.operators import PHONE, UNNAMED, Work
from wabot.analytics.operators import operators as work
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import columns, paragraph
from wabot.cli.analytics.shops import Asked
from wabot.cli.analytics.spoken import NONE, average, lasting, number, score
from wabot.cli.analytics.telling import tell
from wabot.cli.output import Format

_HEAD: Final = ("who", "chats", "messages", "answered in", "first in", "settled", "mark", "was there", "")
_WORDS: Final = (
    "answered in: how long a question waited for them on average; first in: the first question of a conversation. "
    "settled: conversations that they marked as done. mark: customers' average, from 1 to 5. was there: online or busy."
)


def operators(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    output: Output = Format.text,
) -> None:
    """Show what each of the people who answer did: in how many chats they wrote, how long customers waited for them,
    what they settled, and how customers liked it."""
    tell(
        data,
        tenant or (),
        Asked(first, last, lasting),
        output,
        lambda _shop, ask, period: work(ask, period),
        _page,
        lambda told: {"operators": [_data(one) for one in told]},
    )


def _page(told: tuple[Work, ...]) -> Iterator[str]:
    if not told:
        yield from paragraph("nobody wrote to customers but the rules, and wabot knows no operators")
        return
    yield from columns(_HEAD, [_row(one) for one in told], dispensable=(7, 6, 4, 2, 5))
    yield ""
    yield from paragraph(_WORDS)


def _row(one: Work) -> tuple[str, ...]:
    settled = f"{number(one.settled)} in {average(one.resolution)}" if one.settled else "0"
    return (
        name_of(one),
        number(one.chats),
        number(one.messages),
        average(one.response),
        average(one.first_response),
        settled,
        f"{score(one.csat)} ({number(one.csat_answers)})" if one.csat_answers else NONE,
        lasting(one.online_millis / 1000) if one.online_millis else NONE,
        "answers no longer" if one.disabled else "",
    )


def name_of(one: Work) -> str:
    """Who it is, for people."""
    if one.email == PHONE:
        return "(the shop's phone)" if one.messages else "(nobody)"
    return "(wabot, unnamed)" if one.email == UNNAMED else one.name or one.email


def _data(one: Work) -> Mapping[str, Any]:
    return {
        "email": one.email or None,
        "name": one.name or None,
        "disabled": one.disabled,
        "chats": one.chats,
        "messages": one.messages,
        "answers": one.responses,
        "seconds": {
            "response": one.response.seconds,
            "first_response": one.first_response.seconds,
            "until_settled": one.resolution.seconds,
        },
        "first_answers": one.first_responses,
        "settled": one.settled,
        "csat": {"answers": one.csat_answers, "average": one.csat},
        "online_seconds": one.online_millis / 1000,
    }
