"""Working hours that overlap, have passed, or never are."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from wabot.language.hours import DAY, DAYS, Hours, Spans, parse_days
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject


def _overlaps(subject: Subject) -> Iterator[Finding]:
    document = subject.document("hours.yaml")
    if document is None or document.findings:
        return
    weekly = subject.rule_set.hours.weekly
    for day, spans in enumerate(weekly):
        for earlier, later in pairwise(sorted((*_into_next_day(weekly[day - 1]), *spans))):
            if earlier.end > later.start:
                key = next((name for name in document.data["weekly"] if day in parse_days(name)), "")
                night = "of the night before " if earlier.start < 0 else ""
                message = f"on {DAYS[day]} the hours until {_time(earlier.end)} {night}overlap those from"
                hint = "write them as one span, or end the first one earlier"
                yield Finding(document.locate(("weekly", key)), f"{message} {_time(later.start)}", hint)


def _into_next_day(spans: Spans) -> Spans:
    return tuple(type(span)(span.start - DAY, span.end - DAY) for span in spans if span.end > DAY)


def _time(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _past(subject: Subject) -> Iterator[Finding]:
    document = subject.document("hours.yaml")
    if document is None or document.findings:  # a date may be none
        return
    holidays = document.data.get("holidays", {})
    for index, text in enumerate(holidays.get("closed", ())):
        last = date.fromisoformat(text.partition("..")[2] or text)
        if last < subject.today - timedelta(days=1):
            at = document.locate(("holidays", "closed", index))
            yield Finding(at, f"this holiday is over since {last.isoformat()}", "remove it, or write next year's dates")
    for text in holidays.get("special", {}):
        if date.fromisoformat(text) < subject.today - timedelta(days=1):
            at = document.locate(("holidays", "special", text), key=True)
            yield Finding(at, "this special day has passed", "remove it")


def _never_open(subject: Subject) -> Iterator[Finding]:
    document = subject.document("hours.yaml")
    if document is not None and not document.findings and _never(subject.rule_set.hours):
        at = document.locate(("weekly",), key=True)
        yield Finding(at, "this business is never open", "write the hours of the days on which it is")


def _never(hours: Hours) -> bool:
    return not hours.always and not any(hours.weekly) and not any(hours.special.values())


def _always(hours: Hours) -> bool:
    whole = all(spans and spans[0].start == 0 and spans[-1].end >= DAY and _joined(spans) for spans in hours.weekly)
    return hours.always or (whole and not hours.closed and not hours.calendar and not hours.special)


def _joined(spans: Spans) -> bool:
    return all(one.end >= other.start for one, other in pairwise(spans))


def _never_fires(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        trigger, conditions = rule.trigger, rule.conditions
        shop = subject.rule_set.hours
        if isinstance(trigger, TimeBased):
            hours = shop if trigger.hours is None else trigger.hours
            never = _never(hours) if trigger.state == "open" else _always(hours)
            if never:
                why = "never open" if trigger.state == "open" else "always open"
                at = subject.place(rule).locate("trigger")
                yield Finding(at, f"this rule never answers: by these hours the business is {why}", "write hours.yaml")
                continue
        if conditions is not None and conditions.hours is not None:
            own = isinstance(trigger, TimeBased) and trigger.hours is None and trigger.state != conditions.hours
            if own or (_never(shop) if conditions.hours == "open" else _always(shop)):
                at = subject.place(rule).locate("conditions", "hours")
                yield Finding(
                    at, f"the business is never {conditions.hours} when this rule is asked", "remove the condition"
                )


def _contradictions(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        asked = rule.conditions
        if asked is None:
            continue
        place = subject.place(rule)
        first = True if isinstance(rule.trigger, Welcome) else asked.first_message
        if isinstance(rule.trigger, Welcome) and asked.first_message is False:
            at = place.locate("conditions", "first_message")
            yield Finding(at, "a welcome is the first message: this condition never holds", "remove it")
        for name in ("message_count", "last_contact"):
            least, most = getattr(asked, name) or (None, None)
            if least is not None and most is not None and (least > most or (name == "last_contact" and least >= most)):
                yield Finding(
                    place.locate("conditions", name), f"`{name}` asks for more than it allows", "swap the two"
                )
        least, most = asked.message_count or (None, None)
        if first is True and least is not None and least > 1:
            at = place.locate("conditions", "message_count")
            yield Finding(at, "a first message is message 1: this condition never holds", "remove one of the two")
        if asked.first_message is False and most == 1:
            at = place.locate("conditions", "message_count")
            yield Finding(
                at, "only the first message is message 1: this condition never holds", "remove one of the two"
            )
        if (tags := asked.customer_tags) is not None and tags.none & (
            tags.all | (tags.any if len(tags.any) == 1 else tags.all)
        ):
            at = place.locate("conditions", "customer_tags")
            yield Finding(
                at, "a tag is both asked for and excluded: this condition never holds", "remove one of the two"
            )


CHECKS = (
    Check("WB431", "warning", "Hours that overlap", _overlaps),
    Check("WB432", "info", "A holiday in the past", _past),
    Check("WB433", "warning", "A business that is never open", _never_open),
    Check("WB434", "warning", "Hours at which a rule never answers", _never_fires),
    Check("WB435", "warning", "Conditions that never hold", _contradictions),
)
