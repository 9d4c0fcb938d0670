"""docs/events.md: what it shows of each event is what is really sent."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.api.linking import ScriptedLinking
from tests.api.sockets import Client, served, until
from tests.session.stage import BUDI, stage
from wabot.api.linking import PART
from wabot.model.people import Choice, Operator
from wabot.model.session import SessionState
from wabot.model.stored import PersonSays
from wabot.session.neighbours import neighbours
from wabot.session.session import Place
from wabot.store.sqlite import Change, add_operator, assign, change_operator, say
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.members import change_member

PAGE: Final = Path(__file__).parents[2] / "docs" / "events.md"


class Shown(NamedTuple):
    example: Any
    null: frozenset[str]
    missing: frozenset[str]


def page() -> dict[str, Shown]:
    """Each event that is told, by its name."""
    found: dict[str, Shown] = {}
    for section in re.split(r"^### ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, block = re.match(r"`([\w-]+)`", section), re.search(r"```json\n(.*?)```", section, re.DOTALL)
        assert name is not None and block is not None, section
        null, missing = named(section, "null"), named(section, "missing")
        if like := re.search(r"What may be null or missing in `([\w-]+)` may be so here", section):
            null, missing = null | found[like[1]].null, missing | found[like[1]].missing
        found[name[1]] = Shown(json.loads(block[1]), null, missing)
    return found


def named(section: str, what: str) -> frozenset[str]:
    line = re.search(rf"May be {what}: ([^.]*)\.", section)
    return frozenset(re.findall(r"`(\w+)`", line[1])) if line else frozenset()


def differs(sent: Any, shown: Any, whole: Shown, where: str) -> list[str]:
    """How what was sent differs from what is shown, in its keys and types."""
    if isinstance(shown, dict) and isinstance(sent, dict):
        found = [f"{where}.{key} is not shown" for key in sorted(sent.keys() - shown.keys())]
        found += [f"{where}.{key} is missing" for key in sorted(shown.keys() - sent.keys() - whole.missing)]
        for key in sorted(sent.keys() & shown.keys()):
            if sent[key] is None and key in whole.null:
                continue
            found += differs(sent[key], shown[key], whole, f"{where}.{key}")
        return found
    if isinstance(shown, list) and isinstance(sent, list):
        return [one for item in sent for one in differs(item, shown[0], whole, f"{where}[]")]
    return [] if type(sent) is type(shown) else [f"{where} is {sent!r}, not like {shown!r}"]


def test_a_difference_is_seen() -> None:
    shown = Shown({"a": 1, "b": {"c": "x"}, "d": [{"e": 1}]}, frozenset({"c"}), frozenset({"d"}))
    assert differs({"a": 2, "b": {"c": None}}, shown.example, shown, "") == []
    assert differs({"a": "2", "b": {}, "d": [{"e": "1"}], "f": 1}, shown.example, shown, "") == [
        ".f is not shown",
        ".a is '2', not like 1",
        ".b.c is missing",
        ".d[].e is '1', not like 1",
    ]


async def test_every_event_is_sent_as_the_page_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    linking, home = ScriptedLinking(), tmp_path / "data" / "warung"
    async with (
        stage(tmp_path, home="data/warung") as shop,
        served(tmp_path / "data", {"warung": shop.folder}, shop.clock, {PART: linking}) as api,
        api.connected(None, "/messages", "/whatsapp") as ibu,
    ):
        await ibu.hears("ready")
        with neighbours(shop.session, Place(shop.folder, home), shop.store, shop.told):
            await everything_happens(tmp_path, shop, api, ibu, linking, home)
        shown = page()
        assert {name for name, _ in ibu.events} == shown.keys()
        wrong = [one for name, sent in ibu.events for one in differs(sent, shown[name].example, shown[name], name)]
        assert not wrong
        told = {key for name, sent in ibu.events if name == "conversation-updated" for key in sent["updates"]}
        assert told == shown["conversation-updated"].example["updates"].keys()


async def everything_happens(
    place: Path, shop: Any, api: Any, ibu: Client, linking: ScriptedLinking, home: Path
) -> None:
    def at() -> int:
        shop.later(1_000)
        return int(shop.clock.now())

    def nobody(*_: object) -> Choice:
        return Choice("")

    await shop.say("jam buka?", quoted="X1")
    chat = (await ibu.hears("new-message"))["conversationId"]
    await ibu.say("join-conversation", {"conversationId": chat})
    shop.session.on_typing(BUDI, True)
    await shop.say("jam tutup?", type="edit", about="A1")
    await shop.say("👍", type="reaction", about="A1")
    say(home, "warung", PersonSays(BUDI, "sebentar ya", pause=1000), at())
    await shop.look()
    await shop.settle()
    dewi = Operator("dewi@sari.example", "Dewi", status="online")
    add_operator(home, "warung", dewi, nobody, at())
    add_operator(home, "warung", Operator("adi@sari.example", "Adi", status="online"), nobody, at())
    for whose in ("dewi@sari.example", "adi@sari.example"):
        assign(home, "warung", BUDI, f"operator:{whose}", nobody, at())
    change_operator(home, "warung", dewi.email, Change(status="away"), nobody, at())
    await ibu.say("mark-as-read", {"conversationId": chat, "messageIds": []})
    await ibu.say("join-tenant", {}, "/whatsapp")
    asking = asyncio.create_task(api.front().post("/api/whatsapp/connect"))
    await until(lambda: linking.attempts)
    linking.attempts[0].says("qr", code="2@code", expires_in=60)
    await asking
    linking.attempts[0].stop()
    await shop.channel.inbox.state(SessionState("logout", "The phone has unlinked this bot.", "Link it anew."))
    for name in ("session-expired", "cs-status-changed", "message-updated", "customer-typing", "qr-code"):
        await ibu.hears(name)
    await until(lambda: len(ibu.all("conversation-assigned")) == 2)
    await until(lambda: any("unreadCount" in one["updates"] for one in ibu.all("conversation-updated")))
    await ibu.hears("message-status-updated")
    with ordering(place / "data") as ask:
        change_member(ask, "warung", "ibu@sari.example", at(), disabled=True)
    await ibu.hears("unauthorized")


def test_the_page_says_all_that_clients_may_send() -> None:
    from wabot.api.live import messages, whatsapp

    text = PAGE.read_text("utf-8").partition("## What clients send")[2].partition("## What is told")[0]
    said = set[str]()
    for line in text.splitlines():
        if line.startswith("| `"):
            said |= set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", line.split("|")[1]))
    assert said == {*messages.EVENTS, *whatsapp.EVENTS}


def test_examples_hold_what_they_are_about() -> None:
    shown: Mapping[str, Shown] = page()
    assert len(shown) == 13
    assert all(isinstance(one.example, dict) for one in shown.values())
