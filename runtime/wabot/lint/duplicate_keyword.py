"""The same keyword twice in one rule."""

from collections.abc import Iterator

from wabot.engine.normalize import exact, fold
from wabot.language.triggers.keyword import Keyword
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject


def _duplicates(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        trigger = rule.trigger
        if not isinstance(trigger, Keyword) or len(trigger.keywords) < 2:
            continue
        first: dict[str, int] = {}
        for place, keyword in enumerate(trigger.keywords):
            compared = _compared(trigger, keyword)
            before = first.setdefault(compared, place)
            if before != place and compared:
                where = subject.place(rule)
                other = trigger.keywords[before]
                line = where.locate("trigger", "keywords", before).line
                same = "twice" if other == keyword else f"already, as `{other}`: capitals and spaces do not count"
                message = f"the keyword `{keyword}` stands in this rule {same} (line {line})"
                yield Finding(where.locate("trigger", "keywords", place), message, "remove one of the two")


def _compared(trigger: Keyword, keyword: str) -> str:
    if trigger.match == "regex":
        return keyword
    return exact(keyword) if trigger.case_sensitive else fold(keyword)


CHECKS = (Check("WB306", "warning", "A keyword that stands twice in a rule", _duplicates),)
