"""Two rules of one priority that meet in a message, so that the order in which they are written decides it."""

from collections.abc import Iterator

from wabot.language.rule_set import Rule
from wabot.lint.check import Check, Finding
from wabot.lint.shadow import shadowed
from wabot.lint.situation import situation
from wabot.lint.subject import Subject
from wabot.lint.survey import Survey, survey
from wabot.lint.words import quoted


def _overlaps(subject: Subject) -> Iterator[Finding]:
    surveyed = survey(subject)
    said = {(rule.id, found.rule.id) for found in shadowed(subject) for rule in found.by}
    for (first, second), texts in sorted(_meetings(surveyed).items()):
        earlier, later = subject.rules[first], subject.rules[second]
        if (earlier.id, later.id) in said or _answer_alike(subject, earlier, later):
            continue
        text = next((text for text in texts if _is_won(surveyed, earlier, later, text)), None)
        if text is not None:
            message = (
                f"`{later.id}` and `{earlier.id}` both match {quoted(text)}, at the same priority ({later.priority}): "
                f"`{earlier.id}` answers only because it is written first"
            )
            hint = "give the one that should answer such a message a higher priority"
            yield Finding(subject.place(later).locate("id"), message, hint)


def _meetings(surveyed: Survey) -> dict[tuple[int, int], list[str]]:
    """Pairs of ranks, and samples of one's keywords that the other matches, too."""
    rules = surveyed.rule_set.rules
    met: dict[tuple[int, int], list[str]] = {}
    for rank, readings in surveyed.readings.items():
        priority = rules[rank].priority
        for reading in readings:
            for part in reading.parts:
                for other in part.found:
                    pair = (other.rank, rank) if other.rank < rank else (rank, other.rank)
                    if other.rank != rank and other.rule.priority == priority and not rules[pair[0]].continues:
                        met.setdefault(pair, []).append(part.sample)
    return met


def _answer_alike(subject: Subject, one: Rule, other: Rule) -> bool:
    """Whether it does not matter to the customer which of them answers."""
    first, second = subject.place(one).data, subject.place(other).data
    return bool(first["response"] == second["response"])


def _is_won(surveyed: Survey, earlier: Rule, later: Rule, text: str) -> bool:
    """Whether the earlier rule answers where the later one could have."""
    here = situation(surveyed.usual, later)
    if here is None or not here.allows(earlier):
        return False
    answers = here.decide(text).answers
    return bool(answers) and answers[-1].rule is earlier


CHECKS = (Check("WB304", "info", "Two rules of one priority that match the same message", _overlaps),)
