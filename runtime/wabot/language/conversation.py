"""tests/*.yaml as values: a conversation, and what must happen in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from wabot.language.diagnostic import Location
from wabot.language.document import Document
from wabot.language.read import duration, optional_duration
from wabot.model.context import SOMEBODY, Contact
from wabot.model.message import MessageType


@dataclass(frozen=True, slots=True)
class Expect:
    """What must happen; None asks nothing. `delay` is (least, most) milliseconds."""

    location: Location
    rule: str | None = None
    rules: tuple[str, ...] | None = None
    reply: str | None = None
    contains: str | None = None
    matches: str | None = None
    not_contains: str | None = None
    reason: str | None = None
    tags: frozenset[str] = frozenset()
    priority: str | None = None
    assigned_to: str | None = None
    status: str | None = None
    delay: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Say:
    """The customer writes; `todo` says why a missed expectation is known."""

    text: str
    type: MessageType = "text"
    expect: Expect | None = None
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """The clock moves on, by milliseconds. What is expected is about the follow-up that is sent meanwhile: its text, or
    with the rule "none" that there is none."""

    milliseconds: int
    expect: Expect | None = None
    todo: str = ""


@dataclass(frozen=True, slots=True)
class OperatorSays:
    """A person answers in the chat."""

    text: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person settles the chat."""


Step = Say | Wait | OperatorSays | Resolved


@dataclass(frozen=True, slots=True)
class Conversation:
    """One test. `at` is the tenant's local time; `earlier` counts the messages that the customer sent before;
    `operators` says whether people answer in wabot: "" (never), "none" (none is there now), "available"."""

    name: str
    at: datetime
    location: Location
    contact: Contact
    earlier: int = 0
    steps: tuple[Step, ...] = ()
    operators: str = ""


def read_conversations(document: Document) -> Iterator[Conversation]:
    """The tests of a file that has passed its schema.

    Raises:
        ValueError: a date that does not exist.
    """
    for index, test in enumerate(document.data["tests"]):
        contact = test.get("contact", {})
        earlier = contact.get("messages", 0)
        if contact.get("first_message") is False:
            earlier = max(earlier, 1)
        yield Conversation(
            name=test["name"],
            at=datetime.fromisoformat(test["at"]),
            location=document.locate(("tests", index, "name")),
            contact=Contact(
                phone=contact.get("phone", SOMEBODY),
                name=contact.get("name", ""),
                tags=frozenset(contact.get("tags", ())),
                orders=contact.get("orders", 0),
                segment=contact.get("segment", ""),
                blocked=contact.get("blocked", False),
            ),
            earlier=earlier,
            steps=tuple(_step(document, index, number, step) for number, step in enumerate(test["steps"])),
            operators=test.get("operators", ""),
        )


def _step(document: Document, index: int, number: int, step: Mapping[str, Any]) -> Step:
    if "wait" in step:
        at = document.locate(("tests", index, "steps", number, "expect"))
        followed = _follow_up(step["expect"]["follow_up"], at) if "expect" in step else None
        return Wait(duration(step["wait"]), followed, step.get("todo", ""))
    if "resolved" in step:
        return Resolved()
    if "operator_says" in step:
        return OperatorSays(step["operator_says"])
    said = step["say"]
    message = {"text": said} if isinstance(said, str) else said
    expect = None
    if "expect" in step:
        expect = _expect(step["expect"], document.locate(("tests", index, "steps", number, "expect")))
    text = message.get("text", message.get("caption", ""))
    return Say(text, cast("MessageType", message.get("type", "text")), expect, step.get("todo", ""))


def _follow_up(text: Any, location: Location) -> Expect:
    return Expect(location, rule="none") if text == "none" else Expect(location, **_text(text))


def _text(expected: Any) -> dict[str, Any]:
    return {"reply": expected.strip()} if isinstance(expected, str) else dict(expected)


def _expect(data: Mapping[str, Any], location: Location) -> Expect:
    parts = _text(data.get("reply", {}))
    delay = data.get("delay", {})
    return Expect(
        location=location,
        rule=data.get("rule"),
        rules=tuple(data["rules"]) if "rules" in data else None,
        reason=data.get("reason"),
        tags=frozenset(data.get("tags", ())),
        priority=data.get("priority"),
        assigned_to=data.get("assigned_to"),
        status=data.get("status"),
        delay=(optional_duration(delay, "min"), optional_duration(delay, "max")),
        **parts,
    )
