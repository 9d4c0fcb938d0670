"""Keywords that an earlier rule always answers, in rules that have others which work."""

from collections.abc import Iterator

from wabot.lint.check import Check, Finding
from wabot.lint.shadow import shadowed
from wabot.lint.subject import Subject
from wabot.lint.survey import sources
from wabot.lint.unreachable import taken_by, why_silent
from wabot.lint.words import named


def _idle(subject: Subject) -> Iterator[Finding]:
    for found in shadowed(subject):
        for taken in () if found.whole else found.taken:
            if taken.place is None:
                continue
            keyword = sources(found.rule.trigger)[taken.place]
            at = subject.place(found.rule).locate("trigger", "keywords", taken.place)
            first = taken.by[0]
            hint = f"remove it, or give `{found.rule.id}` a higher priority than `{first.id}` ({first.priority})"
            by = taken_by(taken, taken.by).replace("it would answer", "it matches")
            if taken.certain:
                yield Finding(at, f"the keyword `{keyword}` never decides: {by}", hint)
            else:
                limits = why_silent(found.rule, taken.by)
                message = f"the keyword `{keyword}` decides only while {named(taken.by)} may not ({limits}): {by}"
                yield Finding(at, message, hint, "info")


CHECKS = (Check("WB303", "warning", "A keyword that never decides", _idle),)
