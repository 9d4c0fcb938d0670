"""What customers do with menus, told by a live session's own log."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.sums import asked
from tests.session.stage import ANI, BUDI, Stage, stage
from wabot.analytics.funnel import Choice, Funnel, funnel
from wabot.analytics.period import Period

DAY = Period(date(2026, 1, 28), date(2026, 1, 28), ZoneInfo("Asia/Jakarta"))
MENUS = """\
  - id: menu-utama
    name: Menu utama
    trigger: {type: keyword, keywords: [menu]}
    response:
      type: menu
      message: Mau apa kak?
      options:
        - {key: "1", label: Harga, goto: harga}
        - {key: "2", label: Jam buka}
        - {key: "3", label: Admin, action: forward_to_cs}
        - {key: "4", label: Lainnya, goto: lainnya}
        - {key: "5", label: Komplain, goto: komplain}
        - {key: "9", label: Selesai, action: close}
  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Sepuluh ribu kak.}
  - {id: jam, trigger: {type: menu_selection, menu: menu-utama, key: "2"}, response: Jam 9 sampai 5 kak.}
  - id: lainnya
    trigger: {type: keyword, keywords: [lainnya]}
    response:
      type: menu
      message: Pilih kak
      options:
        - {key: "1", label: Ongkir, goto: ongkir}
        - {key: "0", label: Kembali, action: back}
  - {id: ongkir, trigger: {type: keyword, keywords: [ongkir]}, response: Gratis kak.}
  - {id: komplain, trigger: {type: keyword, keywords: [komplain]}, response: {type: forward_to_cs}}
"""


async def chats(shop: Stage, *texts: str, chat: str = BUDI) -> None:
    for text in texts:
        await shop.say(text, chat)
        shop.later(60_000)


def told(place: Path, shop: Stage, period: Period = DAY) -> dict[str, Funnel]:
    with asked(place / "data") as ask:
        return {one.rule: one for one in funnel(ask, period, shop.session.live.rule_set())}


def counts(found: Funnel) -> dict[str, int]:
    return {choice.key: choice.chosen for choice in found.choices if choice.chosen}


@pytest.mark.parametrize(
    ("said", "opened", "chosen", "invalid", "called", "left"),
    [
        (["menu", "1"], 1, {"1": 1}, 0, 0, 0),
        (["menu", "2"], 1, {"2": 1}, 0, 0, 0),
        (["menu", "no 2 kak", "1"], 1, {"1": 1, "2": 1}, 0, 0, 0),
        (["menu", "3"], 1, {"3": 1}, 0, 1, 0),
        (["menu", "5"], 1, {"5": 1}, 0, 1, 0),
        (["menu", "9"], 1, {"9": 1}, 0, 0, 0),
        (["menu"], 1, {}, 0, 0, 1),
        (["menu", "menu", "1"], 2, {"1": 1}, 0, 0, 1),
        (["menu", "apa ya", "1"], 1, {"1": 1}, 1, 0, 0),
        (["menu", "apa ya", "hmm"], 1, {}, 2, 0, 1),
        (["menu", "apa ya", "hmm", "bingung"], 1, {}, 2, 1, 0),
        (["menu", "ongkir"], 1, {}, 0, 0, 1),
        (["menu", "4", "0", "1"], 2, {"1": 1, "4": 1}, 0, 0, 0),
        (["halo kak"], 0, {}, 0, 0, 0),
    ],
)
async def test_a_menu_is_told_by_what_became_of_it(
    tmp_path: Path, said: list[str], opened: int, chosen: dict[str, int], invalid: int, called: int, left: int
) -> None:
    async with stage(tmp_path, MENUS) as shop:
        await chats(shop, *said)
        found = told(tmp_path, shop)["menu-utama"]
    assert (found.opened, counts(found), found.invalid, found.called, found.left) == (
        opened, chosen, invalid, called, left,
    )  # fmt: skip
    assert found.chosen == sum(chosen.values())


async def test_an_option_with_the_same_key_belongs_to_the_menu_that_is_open(tmp_path: Path) -> None:
    async with stage(tmp_path, MENUS) as shop:
        await chats(shop, "menu", "4", "1")
        await chats(shop, "lainnya", chat=ANI)
        found = told(tmp_path, shop)
    assert counts(found["menu-utama"]) == {"4": 1}
    assert counts(found["lainnya"]) == {"1": 1}
    assert (found["lainnya"].opened, found["lainnya"].left) == (2, 1)
    assert found["lainnya"].used.percent == 50
    assert list(found) == ["lainnya", "menu-utama"], "the most shown comes first"


async def test_each_option_says_where_it_leads(tmp_path: Path) -> None:
    async with stage(tmp_path, MENUS) as shop:
        found = told(tmp_path, shop)
    assert found["menu-utama"].name == "Menu utama"
    assert found["lainnya"].name == "lainnya"
    assert found["menu-utama"].choices[:3] == (
        Choice("1", "Harga", ("harga",), "", 0),
        Choice("2", "Jam buka", ("jam",), "", 0),
        Choice("3", "Admin", (), "forward_to_cs", 0),
    )
    assert found["menu-utama"].used.percent is None


async def test_a_choice_after_midnight_belongs_to_the_menu_of_before(tmp_path: Path) -> None:
    async with stage(tmp_path, MENUS) as shop:
        shop.later(13 * 3_600_000 + 55 * 60_000)  # 23:55
        await chats(shop, "menu")
        shop.later(10 * 60_000)
        await chats(shop, "1")
        first, second = (
            told(tmp_path, shop),
            told(tmp_path, shop, Period(date(2026, 1, 29), date(2026, 1, 29), DAY.zone)),
        )
    assert (first["menu-utama"].opened, first["menu-utama"].left, counts(first["menu-utama"])) == (1, 0, {})
    assert (second["menu-utama"].opened, counts(second["menu-utama"])) == (0, {"1": 1})


async def test_rules_without_menus_have_no_funnel(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        assert told(tmp_path, shop) == {}
