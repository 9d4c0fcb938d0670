"""Rule sets for the engine's tests, and hypothesis strategies for them."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from wabot.engine.index import Index
from wabot.language.diagnostic import Location
from wabot.language.hours import ALWAYS_OPEN, Hours
from wabot.language.responses.text import Text
from wabot.language.rule_set import AutoReply, Conditions, Rule, RuleSet, TagCondition, Tenant
from wabot.language.template import Template
from wabot.language.triggers import Trigger
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import WHOLE_CONTACT, Contact, Context, Conversation, Usage
from wabot.model.message import Message

NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
JAKARTA = ZoneInfo("Asia/Jakarta")
DEFAULTS = AutoReply()


def rule(rule_id: str, trigger: Trigger, text: str = "Siap kak", **more: object) -> Rule:
    return Rule(rule_id, trigger, Text((Template(text),)), Location(Path("rules.yaml")), **more)  # type: ignore[arg-type]  # tests name the fields


def rule_set(*rules: Rule, hours: Hours = ALWAYS_OPEN, auto_reply: AutoReply = DEFAULTS, **tenant: object) -> RuleSet:
    ordered = tuple(sorted(rules, key=lambda rule: -rule.priority))
    owner = Tenant("warung", "Warung", "6281100000000", JAKARTA, auto_reply=auto_reply, **tenant)  # type: ignore[arg-type]  # tests name the fields
    return RuleSet(owner, ordered, "test", Index(ordered), hours)


def message(text: str = "", **more: object) -> Message:
    return Message("M1", "6281100000009", text, sent_at=NOW, **more)  # type: ignore[arg-type]  # tests name the fields


def context(earlier: int = 3, **more: object) -> Context:
    return Context(NOW, conversation=Conversation(earlier_messages=earlier), **more)  # type: ignore[arg-type]  # tests name the fields


WORDS = ("jam", "buka", "jam buka", "ongkir", "hi", "nanti hilang", "JP123", "ß", "é", "①", "tutup ya", "a", "0812")
PIECES = (*WORDS, " ", "?", "-", "\u200b", "\n", "JAM", "Buka", "ﬁ", "😀", "İ", "K", "\x00", "123", "_")
REGEXES = (
    r"\bJP\d{3}\b",
    r"jam\s+(?P<kata>buka|tutup)",
    r"ongkir|ongkos kirim",
    r"\d{3,}",
    r"^hi",
    r"buka$",
    r"[aeiou]{2}",
    r"(?:jam)?buka",
    r"a*",
    r"[0-9]{4}",
    r"k.*m",
    r"hi+lang",
    r"ya?",
    r"(jam|buka)+",
)

texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=30)
keywords = st.builds(
    Keyword,
    keywords=st.lists(st.sampled_from(WORDS) | st.text(min_size=1, max_size=6), min_size=1, max_size=3).map(tuple),
    match=st.sampled_from(("exact", "contains", "starts_with", "ends_with", "word")),
    case_sensitive=st.booleans(),
)
regexes = st.builds(
    Keyword,
    keywords=st.lists(st.sampled_from(REGEXES), min_size=1, max_size=3).map(tuple),
    match=st.just("regex"),
    case_sensitive=st.booleans(),
)
patterns = st.builds(Pattern, regex=st.sampled_from(REGEXES), case_sensitive=st.booleans())
timed = st.builds(TimeBased, state=st.sampled_from(("open", "closed")))
triggers: st.SearchStrategy[Trigger] = st.one_of(
    keywords, keywords, regexes, patterns, timed, st.just(Welcome()), st.just(Fallback())
)
conditions = st.none() | st.builds(
    Conditions,
    first_message=st.sampled_from((None, None, True, False)),
    hours=st.sampled_from((None, None, "open", "closed")),
    message_type=st.sampled_from((None, None, frozenset({"text"}), frozenset({"image", "video"}))),
    customer_tags=st.sampled_from(
        (None, None, TagCondition(any=frozenset({"vip"})), TagCondition(none=frozenset({"vip"})))
    ),
)
HOURS = (
    ALWAYS_OPEN,
    Hours(weekly=((),) * 7, always=False),
)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    made = [
        rule(
            f"r{number}",
            draw(triggers),
            enabled=draw(st.sampled_from((True, True, True, False))),
            priority=draw(st.sampled_from((10, 50, 50, 90))),
            conditions=draw(conditions),
            cooldown=draw(st.sampled_from((None, None, 600_000))),
            max_per_day=draw(st.sampled_from((None, None, 1, 3))),
            continues=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    return rule_set(*made, hours=draw(st.sampled_from(HOURS)), auto_reply=AutoReply(max_per_contact_per_day=5))


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    usage = st.builds(
        Usage,
        last=st.sampled_from((NOW - 700_000, NOW - 100_000, NOW)),
        day=st.sampled_from(("2026-01-27", "2026-01-28")),
        count=st.integers(1, 5),
    )
    names: Iterable[str] = [f"r{number}" for number in range(8)]
    return Context(
        now=NOW,
        contact=Contact("6281100000009", tags=draw(st.sampled_from((frozenset(), frozenset({"vip"}))))),
        conversation=Conversation(earlier_messages=draw(st.integers(0, 2))),
        usage=draw(st.dictionaries(st.sampled_from([*names, WHOLE_CONTACT]), usage, max_size=4)),
    )
