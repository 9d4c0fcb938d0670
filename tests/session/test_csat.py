"""One question after a settled chat, and the number that answers it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.session.people import DEDI, SARI, Shop
from tests.session.stage import ANI, BUDI, stage
from wabot.session.csat import survey
from wabot.store.sqlite import pause_chat, pause_tenant, resolve

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}
  - {id: angka, trigger: {type: keyword, match: exact, keywords: ["1", "2", "3", "4", "5"]}, response: Angka ya kak.}
  - id: menu
    trigger: {type: keyword, keywords: [menu]}
    response: {type: menu, message: Pilih kak, options: [{key: "1", label: Jam, goto: jam-buka}]}
"""
QUESTION = "Puas kak? Balas 1 sampai 5."
THANKS = "Terima kasih atas penilaiannya kak!"


class Rated(Shop):
    """A shop that asks."""

    def settle(self, chat: str = BUDI) -> None:
        asked = survey(self.shop.session.live.rule_set().tenant, chat, self.shop.clock.now())
        assert resolve(self.data, "warung", chat, self.choose, self.shop.clock.now(), asked)

    async def helped(self, operator: str = SARI, *, chat: str = BUDI) -> None:
        """The customer asks for a person, who answers and settles the chat."""
        await self.shop.say("admin", chat)
        self.shop.later(5_000)
        self.says("Sudah ya kak", chat, operator)
        await self.sent()
        self.shop.later(5_000)
        self.settle(chat)

    def rows(self) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.data / "wabot.db")
        try:
            return connection.execute(
                "SELECT score, COALESCE((SELECT email FROM operators WHERE id = operator_id), '') FROM csat_surveys"
                " ORDER BY created_at"
            ).fetchall()
        finally:
            connection.close()

    def score(self, email: str = SARI) -> tuple[Any, ...]:
        connection = sqlite3.connect(self.data / "wabot.db")
        try:
            found = connection.execute("SELECT csat_answers, csat_total FROM operators WHERE email = ?", (email,))
            return tuple(found.fetchone())
        finally:
            connection.close()


ASKS = f'{{enabled: true, question: "{QUESTION}"}}'


@asynccontextmanager
async def rated(place: Path, csat: str = ASKS, most: int = 50) -> AsyncIterator[Rated]:
    """`most` automatic messages a customer may get a day."""
    async with stage(place, RULES, tenant={"csat": csat}, max_per_contact_per_day=str(most)) as shop:
        people = Rated(shop, place)
        people.hire()
        yield people


async def test_after_a_settled_chat_the_customer_is_asked_once_and_thanked_for_the_answer(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        shop = people.shop
        await people.helped()
        assert shop.replies[-1] == "Sudah ya kak"
        await shop.pass_time(MINUTE)
        assert shop.replies[-1] == QUESTION
        await shop.say(" 5 ")
        assert (shop.replies[-1], len(shop.replies)) == (THANKS, 4)
        assert (people.rows(), people.score()) == ([(5, SARI)], (1, 5))
        chat = people.chat()
        assert (chat.status, chat.reopened, chat.contact.conversations) == ("resolved", 0, 1)
        assert (await shop.store.summary()).by_reason["csat"] == 1
        shop.later(MINUTE)
        await shop.say("4")  # it was answered: this is a message like any other
        assert (shop.replies[-1], people.rows()) == ("Angka ya kak.", [(5, SARI)])


async def test_without_words_of_its_own_the_shop_asks_in_its_language(tmp_path: Path) -> None:
    async with rated(tmp_path, "{enabled: true, wait: 5m}") as people:
        await people.helped()
        await people.shop.pass_time(5 * MINUTE - 1)
        assert people.shop.replies[-1] == "Sudah ya kak"
        await people.shop.pass_time(1)
        assert "1 (tidak puas) sampai 5 (sangat puas)" in people.shop.replies[-1]


@pytest.mark.parametrize("csat", ["{enabled: false}", "{enabled: true}"])
async def test_nobody_is_asked_who_spoke_with_the_bot_alone_or_where_it_is_off(tmp_path: Path, csat: str) -> None:
    async with rated(tmp_path, csat) as people:
        await people.shop.say("admin")
        if "true" in csat:
            people.settle()
        else:
            await people.helped()
        before = len(people.shop.replies)
        await people.shop.pass_time(HOUR)
        assert (len(people.shop.replies), people.rows()) == (before, [])


async def test_whoever_was_answered_on_the_shops_phone_is_asked_too(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.shop.say("jam buka?")
        await people.shop.say("Sudah ya kak", from_me=True)
        people.settle()
        await people.shop.pass_time(MINUTE)
        assert people.shop.replies[-1] == QUESTION
        await people.shop.say("3")
        assert people.rows() == [(3, "")]


async def test_a_customer_who_writes_before_the_question_is_not_asked(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(30_000)
        await people.shop.say("5")  # not an answer: nothing was asked
        assert people.shop.replies[-1] == "Angka ya kak."
        await people.shop.pass_time(HOUR)
        assert QUESTION not in people.shop.replies
        assert people.chat().reopened == 1


@pytest.mark.parametrize("text", ["6", "0", "55", "lima", "5 bintang", "4.5", ""])
async def test_what_is_no_number_from_1_to_5_alone_is_a_message_like_any_other(tmp_path: Path, text: str) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        await people.shop.say(text)
        assert people.rows() == [(None, SARI)]
        assert people.chat().reopened == 1
        await people.shop.say("4️⃣")  # it is still awaited
        assert people.rows() == [(4, SARI)]


async def test_an_answer_that_comes_after_a_day_is_none(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        await people.shop.pass_time(DAY + 1)
        await people.shop.say("5")
        assert (people.shop.replies[-1], people.rows()) == ("Angka ya kak.", [(None, SARI)])


async def test_an_open_menu_has_its_numbers(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        await people.shop.say("menu")
        await people.shop.say("1")
        assert (people.shop.replies[-1], people.rows()) == ("Kami buka kak.", [(None, SARI)])


async def test_once_a_person_has_written_again_a_number_is_for_them(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        people.shop.later(5_000)
        people.says("Mau berapa kak?")
        await people.sent()
        await people.shop.say("5")
        assert (people.shop.told.reasons[-1], people.rows()) == ("handled_by_person", [(None, SARI)])


async def test_a_chat_that_is_settled_again_is_asked_again_only_if_the_customer_wrote_since(
    tmp_path: Path,
) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        await people.shop.say("5")
        people.shop.later(5_000)
        people.says("Sama-sama kak")
        await people.sent()
        people.settle()
        await people.shop.pass_time(HOUR)
        assert people.shop.replies.count(QUESTION) == 1
        people.hire(DEDI)
        people.change(SARI, status="away")
        await people.helped(DEDI)
        await people.shop.pass_time(MINUTE)
        await people.shop.say("2")
        assert people.shop.replies.count(QUESTION) == 2
        assert (people.rows(), people.score(), people.score(DEDI)) == ([(5, SARI), (2, DEDI)], (1, 5), (1, 2))


@pytest.mark.parametrize("what", ["silent", "paused", "blocked", "cap", "off", "dry_run"])
async def test_nobody_is_asked_whom_the_bot_may_not_write_to(tmp_path: Path, what: str) -> None:
    async with rated(tmp_path, most=1 if what == "cap" else 50) as people:
        shop = people.shop
        await shop.say("admin")
        people.says("Sudah ya kak")
        await people.sent()
        if what == "silent":
            shop.later(DAY + 1)
        people.settle()
        if what == "paused":
            pause_chat(people.data, "warung", BUDI, shop.clock.now() + DAY, shop.clock.now())
        if what == "blocked":
            await shop.store._run(lambda: shop.store._ask("contact_block", id=_contact(shop), reason="", at=0).rowcount)
        if what in ("off", "dry_run"):
            path = shop.folder / "tenant.yaml"
            line = "  enabled: false\n" if what == "off" else "  dry_run: true\n"
            path.write_text(path.read_text().replace("auto_reply:\n", f"auto_reply:\n{line}"))
            await shop.session.live.reload()
            settings = shop.session.live.rule_set().tenant.auto_reply
            assert settings.dry_run or not settings.enabled
        await shop.pass_time(HOUR)
        assert QUESTION not in shop.replies


def _contact(shop: Any) -> str:
    return str(shop.store._ask("contact_of_chat", chat=BUDI).fetchone()["id"])


async def test_a_question_that_waits_out_a_pause_of_the_tenant_is_asked_after_it(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        pause_tenant(people.data, "warung", people.shop.clock.now() + 10 * MINUTE)
        await people.shop.pass_time(5 * MINUTE)
        assert QUESTION not in people.shop.replies
        pause_tenant(people.data, "warung", None)
        assert people.shop.session._follow_ups is not None
        await people.shop.session._follow_ups.look()
        await people.shop.settle()
        assert people.shop.replies[-1] == QUESTION


async def test_an_answer_beyond_the_days_limit_counts_and_is_not_thanked_for(tmp_path: Path) -> None:
    async with rated(tmp_path, most=2) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        before = len(people.shop.replies)
        await people.shop.say("5")
        assert (people.rows(), len(people.shop.replies), people.shop.told.reasons[-1]) == ([(5, SARI)], before, "csat")


async def test_the_answer_counts_under_whichever_name_the_customer_writes(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        await people.shop.say("5", "99000000000001", lid="99000000000001", phone=BUDI)
        assert people.rows() == [(5, SARI)]
        await people.shop.say("5", ANI)
        assert people.rows() == [(5, SARI)]
