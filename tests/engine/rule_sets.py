"""Rule sets for the engine's tests, and hypothesis strategies for them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from wabot.engine.index import Index
from wabot.language.diagnostic import Location
from wabot.language.hours import ALWAYS_OPEN, Hours, parse_span
from wabot.language.responses import Response
from wabot.language.responses.handoff import ForwardToCs
from wabot.language.responses.menu import Menu, Option
from wabot.language.responses.nothing import Nothing
from wabot.language.responses.text import Text
from wabot.language.rule_set import AutoReply, Conditions, Rule, RuleSet, TagCondition, Tenant
from wabot.language.template import Template
from wabot.language.triggers import Trigger
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import CLOSED, WHOLE_CONTACT, Contact, Context, Conversation, OpenMenu, Usage
from wabot.model.message import Message

NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
JAKARTA = ZoneInfo("Asia/Jakarta")
DEFAULTS = AutoReply()


def rule(rule_id: str, trigger: Trigger, text: str = "Siap kak", **more: Any) -> Rule:
    said = {"response": Text((Template(text),)), **more}
    return Rule(rule_id, trigger, location=Location(Path("rules.yaml")), **said)


def rule_set(*rules: Rule, hours: Hours = ALWAYS_OPEN, auto_reply: AutoReply = DEFAULTS, **tenant: Any) -> RuleSet:
    ordered = tuple(sorted(rules, key=lambda rule: -rule.priority))
    owner = Tenant("warung", "Warung", "6281100000000", JAKARTA, auto_reply=auto_reply, **tenant)
    return RuleSet(owner, ordered, "test", Index(ordered), hours)


def message(text: str = "", **more: Any) -> Message:
    return Message("M1", "6281100000009", text, sent_at=NOW, **more)


def context(earlier: int = 3, **more: Any) -> Context:
    return Context(NOW, conversation=Conversation(earlier_messages=earlier), **more)


WORDS = (
    "1",
    "2.",
    "nomor 2 kak",
    "satu",
    "ongkri",
    "jam",
    "buka",
    "jam buka",
    "ongkir",
    "hi",
    "nanti hilang",
    "JP123",
    "ß",
    "é",
    "①",
    "tutup ya",
    "a",
    "0812",
)
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
    match=st.sampled_from(("exact", "contains", "starts_with", "ends_with", "word", "fuzzy")),
    case_sensitive=st.booleans(),
    max_typos=st.sampled_from((None, None, 0, 2)),
)
regexes = st.builds(
    Keyword,
    keywords=st.lists(st.sampled_from(REGEXES), min_size=1, max_size=3).map(tuple),
    match=st.just("regex"),
    case_sensitive=st.booleans(),
)
patterns = st.builds(Pattern, regex=st.sampled_from(REGEXES), case_sensitive=st.booleans())
timed = st.builds(TimeBased, state=st.sampled_from(("open", "closed")))
names = st.integers(0, 7).map("r{}".format)
selections = st.builds(MenuSelection, menu=names, key=st.sampled_from(("1", "2", "x")))
triggers: st.SearchStrategy[Trigger] = st.one_of(
    keywords,
    keywords,
    regexes,
    patterns,
    timed,
    selections,
    st.just(Welcome()),
    st.just(Fallback()),
    st.just(OnlyGoto()),
)
options = st.one_of(
    st.builds(Option, key=st.sampled_from(("1", "2", "x")), label=st.sampled_from(WORDS), goto=names),
    st.builds(
        Option,
        key=st.sampled_from(("1", "2", "x")),
        label=st.sampled_from(WORDS),
        action=st.sampled_from((None, "forward_to_cs", "back", "close")),
    ),
)
responses: st.SearchStrategy[Response] = st.one_of(
    st.just(Text((Template("Siap kak"),))),
    st.just(Text((Template("Siap kak"),))),
    st.builds(
        Menu, messages=st.just((Template("Pilih"),)), options=st.lists(options, min_size=1, max_size=3).map(tuple)
    ),
    st.just(ForwardToCs()),
    st.just(Nothing()),
)
conditions = st.none() | st.builds(
    Conditions,
    first_message=st.sampled_from((None, None, True, False)),
    hours=st.sampled_from((None, None, "open", "closed")),
    message_type=st.sampled_from((None, None, frozenset({"text"}), frozenset({"image", "video"}))),
    customer_tags=st.sampled_from(
        (None, None, TagCondition(any=frozenset({"vip"})), TagCondition(none=frozenset({"vip"})))
    ),
    has_order_history=st.sampled_from((None, None, True)),
    segment=st.sampled_from((None, None, frozenset({"vip"}))),
    message_count=st.sampled_from((None, None, (2, None), (None, 1))),
    last_contact=st.sampled_from((None, None, (3_600_000, None), (None, 3_600_000))),
    between=st.sampled_from((None, None, parse_span("22:00-11:00"))),
    days=st.sampled_from((None, None, frozenset({2}), frozenset({5, 6}))),
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
            response=draw(responses),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    return rule_set(*made, hours=draw(st.sampled_from(HOURS)), auto_reply=AutoReply(max_per_contact_per_day=5))


open_menus = st.builds(
    OpenMenu,
    rule=names,
    until=st.sampled_from((NOW + 60_000, NOW + 60_000, NOW - 1)),
    misses=st.integers(0, 3),
    trail=st.lists(names, max_size=2).map(tuple),
)


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
        contact=Contact(
            "6281100000009",
            tags=draw(st.sampled_from((frozenset(), frozenset({"vip"})))),
            orders=draw(st.integers(0, 1)),
            segment=draw(st.sampled_from(("", "vip"))),
        ),
        conversation=Conversation(
            earlier_messages=draw(st.integers(0, 2)),
            last_contact=draw(st.sampled_from((None, NOW - 60_000, NOW - 86_400_000))),
            menu=draw(st.just(CLOSED) | open_menus),
        ),
        usage=draw(st.dictionaries(st.sampled_from([*names, WHOLE_CONTACT]), usage, max_size=4)),
    )
