"""Several messages in quick succession are one question: which answers it still gets, and how long it lasts. Pure."""

from typing import Final

from wabot.engine.decide import MOST_ANSWERS, Answer, Decision
from wabot.model.context import Burst

_LONGEST: Final = 10
"""A burst ends after so many times `debounce`: whoever never stops writing is answered all the same."""
_CALLS: Final = ("forward_to_cs", "give_up", "close")
"""What an option of a menu does beside answering; the menu itself may stand in the same burst."""


def within(burst: Burst, decision: Decision, now: int) -> Decision:
    """The decision without what the burst was answered already: a rule answers once, three rules at most."""
    if not decision.answers or not _lasts(burst, now):
        return decision
    left = MOST_ANSWERS - len(burst.rules)
    answers = tuple(answer for answer in decision.answers if _calls(answer) or answer.rule.id not in burst.rules)
    if left < len(answers):
        answers = tuple(answer for answer in answers if _calls(answer)) or answers[: max(left, 0)]
    return decision._replace(answers=answers) if answers else Decision((), "same_burst")


def burst_after(burst: Burst, decision: Decision, now: int, debounce: int) -> Burst | None:
    """The burst as it goes on from this message, which may begin one; None when bursts are off."""
    if not debounce:
        return None
    since, rules = (burst.since, burst.rules) if _lasts(burst, now) else (now, ())
    answered = dict.fromkeys((*rules, *(answer.rule.id for answer in decision.answers)))
    return Burst(since, min(now + debounce, since + _LONGEST * debounce), tuple(answered))


def _lasts(burst: Burst, now: int) -> bool:
    """Whether the burst still goes on. One that has yet to begin is of before the clock was set back: it is over."""
    return abs(now - burst.since) < burst.until - burst.since


def _calls(answer: Answer) -> bool:
    return answer.act in _CALLS
