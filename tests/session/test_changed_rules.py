"""Rules that change while a menu is open or a cooldown runs: what was, disturbs nobody."""

from pathlib import Path

import pytest

from tests.session.stage import ANI, BUDI, JAM, Stage, stage
from tests.tenants import rules

MENU = """\
  - id: layanan
    trigger: {type: keyword, keywords: [menu]}
    response:
      type: menu
      message: Pilih ya kak
      options:
        - {key: "1", label: Jam buka, goto: jam-buka}
        - {key: "2", label: Harga, goto: harga}
"""
HARGA = "  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Mulai 15 ribu kak.}\n"
TO_HARGA = '        - {key: "2", label: Harga, goto: harga}\n'
LIMITED = JAM.replace("response", "cooldown: 10m, response")


async def change(shop: Stage, text: str) -> None:
    """The rules are now `text`, and live."""
    before = shop.session.live.rule_set().revision
    (shop.folder / "rules.yaml").write_text(rules(text)["rules.yaml"])
    assert await shop.session.live.load()
    assert shop.session.live.rule_set().revision != before, shop.told.notes


async def test_an_option_whose_target_is_deleted_while_the_menu_is_open_is_no_option_any_more(tmp_path: Path) -> None:
    async with stage(tmp_path, MENU + HARGA + JAM) as shop:
        await shop.say("menu")
        await change(shop, MENU.replace(TO_HARGA, "") + JAM)
        await shop.say("2")
        assert shop.replies[1].startswith("Maaf")
        await shop.say("1")
        assert shop.replies[2:] == ["Kami buka kak."]


async def test_a_menu_that_is_deleted_while_it_is_open_chooses_nothing_and_the_chat_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, MENU + HARGA + JAM) as shop:
        await shop.say("menu")
        await shop.say("menu", ANI)
        await change(shop, JAM + HARGA)
        await shop.say("1")
        await shop.say("jam buka?")
        assert shop.told.reasons == ["no_match"]
        assert shop.channel.heard[2:] == [(BUDI, "Kami buka kak.")]
        await change(shop, MENU + HARGA + JAM)
        await shop.say("2", ANI)
        assert shop.channel.heard[3:] == [(ANI, "Mulai 15 ribu kak.")], "it is back, and still open for whoever waited"


async def test_a_rule_that_becomes_no_menu_while_it_is_open_chooses_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, MENU + HARGA + JAM) as shop:
        await shop.say("menu")
        await change(
            shop, "  - {id: layanan, trigger: {type: keyword, keywords: [menu]}, response: Tanya saja.}\n" + JAM
        )
        await shop.say("1")
        await shop.say("menu")
        assert shop.told.reasons == ["no_match"]
        assert shop.replies[1:] == ["Tanya saja."]


async def test_a_rule_that_is_renamed_begins_its_cooldown_anew_and_gets_its_own_back_with_its_name(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, LIMITED) as shop:
        await shop.say("jam buka?")
        await shop.say("jam buka?")
        assert shop.told.reasons == ["cooldown"]
        await change(shop, LIMITED.replace("id: jam-buka", "id: jam"))
        await shop.say("jam buka?")
        await shop.say("jam buka?")
        assert (len(shop.replies), shop.told.reasons) == (2, ["cooldown"] * 2)
        await change(shop, LIMITED)
        await shop.say("jam buka?")
        assert (len(shop.replies), shop.told.reasons) == (2, ["cooldown"] * 3)
        assert (await shop.store.summary()).by_rule == {"jam": 1, "jam-buka": 1}


async def test_files_that_wabot_stumbles_over_keep_the_rules_before_them_live_and_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(_folder: Path) -> None:
        raise RuntimeError("a file that nobody has thought of")

    async with stage(tmp_path, JAM) as shop:
        with monkeypatch.context() as patched:
            patched.setattr(shop.session.live, "_load", stumbles)  # no such file is known
            assert await shop.session.live.load(), "the rules before it stay"
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        reload = (await shop.store.summary()).reload
        assert reload is not None
        assert (reload.ok, "nobody has thought of" in reload.detail) == (False, True)
        assert await shop.session.live.load()
        reload = (await shop.store.summary()).reload
        assert reload is not None
        assert reload.ok
