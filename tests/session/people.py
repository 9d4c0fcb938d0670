"""A shop's people for the session's tests: its operators, and what they order from another process."""

from pathlib import Path
from typing import Any

from tests.session.stage import BUDI, Stage
from wabot.engine.assignment import chooser
from wabot.model.people import Choose, Operator
from wabot.model.stored import PersonSays, StoredConversation
from wabot.store.sqlite import Change, add_operator, change_operator, reading, resolve, say

RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}
  - id: komplain
    trigger: {type: keyword, keywords: [komplain]}
    response: {type: smart_route, route: complaint, to: {team: teknis}, set_priority: urgent, message: Maaf kak.}
"""
TEAMS = {"teams": "[teknis]"}
FORWARDED = "Sebentar ya kak, kami sambungkan ke tim kami."
SARI, DEDI = "sari@warung.id", "dedi@warung.id"


class Shop:
    """The shop's people, as they order it from elsewhere."""

    def __init__(self, shop: Stage, place: Path) -> None:
        self.shop, self.data = shop, place / "data"

    @property
    def choose(self) -> Choose:
        return chooser(self.shop.session.live.rule_set().tenant, self.shop.clock.now())

    def hire(self, email: str = SARI, **more: Any) -> None:
        new = Operator(**{"email": email, "name": email.split("@")[0].title(), "status": "online", **more})
        assert add_operator(self.data, "warung", new, self.choose, self.shop.clock.now())

    def change(self, email: str = SARI, **more: Any) -> None:
        assert change_operator(
            self.data,
            "warung",
            email,
            Change(**more),
            self.choose,
            self.shop.clock.now(),
        )

    def says(self, text: str, chat: str = BUDI, operator: str = SARI, pause: int = 3_600_000) -> str:
        said = PersonSays(chat, text, operator, "Sari", pause)
        return say(self.data, "warung", said, self.shop.clock.now())

    def resolve(self, chat: str = BUDI) -> bool:
        return resolve(self.data, "warung", chat, self.choose, self.shop.clock.now())

    def chat(self, name: str = BUDI) -> StoredConversation:
        with reading(self.data, "warung") as store:
            (found,) = store.conversations(chat=name)
        return found

    async def sent(self) -> None:
        """What was queued from elsewhere is taken over, and out."""
        self.shop.clock.runs.set()
        # The session looks by itself every two seconds; here it is asked to.
        await self.shop.look()
        await self.shop.settle()
