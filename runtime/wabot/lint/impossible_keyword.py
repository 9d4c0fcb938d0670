"""Keywords and regexes that no message can match."""

from collections.abc import Iterator

from wabot.engine.normalize import visible
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject
from wabot.lint.survey import Reading, sources, survey


def _impossible(subject: Subject) -> Iterator[Finding]:
    for readings in survey(subject).readings.values():
        for reading in readings:
            if reading.known == "never":
                yield _finding(subject, reading)


def _finding(subject: Subject, reading: Reading) -> Finding:
    rule = subject.rules[reading.rank]
    source = sources(rule.trigger)[reading.place]
    steps = ("regex",) if isinstance(rule.trigger, Pattern) else ("keywords", reading.place)
    at = subject.place(rule).locate("trigger", *steps)
    if isinstance(rule.trigger, Keyword) and rule.trigger.match != "regex":
        without = "signs" if rule.trigger.match == "fuzzy" else "white space and invisible characters"
        message = f"this keyword matches no message: nothing is left of it without {without}"
        return Finding(at, message, "write the word that customers write, or remove it")
    message = f"no message can match the regex `{source}`"
    if visible(source) != source:
        return Finding(
            at,
            f"{message}: it has characters that are replaced in messages before they are compared",
            f"write it as messages are read: `{visible(source)}`" if visible(source).strip() else "remove it",
        )
    return Finding(at, message, "`^` holds only at the start of a message, `$` only at its end, `\\b` beside a word")


CHECKS = (Check("WB307", "warning", "A keyword that no message can match", _impossible),)
