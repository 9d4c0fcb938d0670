"""`wabot replay`: what other rules would have answered, typed as people type it."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.analytics.replayed import MINUTE, Step, live
from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI
from tests.tenants import write_tenant

CHAT = """\
31/12/23 20.14 - Pesan dan panggilan terenkripsi secara end-to-end. Ketuk untuk info selengkapnya.
31/12/23 20.15 - Budi: Halo kak
jam buka?
31/12/23 20.16 - Warung Uji: Buka jam 9 ya
31/12/23 20.17 - Budi: ada cod?
31/12/23 20.18 - Budi: Ada COD?
31/12/23 20.19 - Warung Uji: Ada kak
31/12/23 20.20 - Warung Uji: Cuma dalam kota
"""


def step(text: str, who: str = BUDI) -> Step:
    return "say", (text, who)


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a shop that has lived a day in January 2026; its data lies where the daemon keeps it."""
    monkeypatch.chdir(tmp_path)
    await live(
        tmp_path,
        [step("halo"), ("wait", MINUTE), step("jam buka?"), ("wait", MINUTE), step("ongkir?", ANI), ("wait", MINUTE),
         step("mau pesan", ANI), ("phone", ANI), ("wait", MINUTE), step("entah")],
    )  # fmt: skip
    (tmp_path / "data").rename(tmp_path / "warung")
    (tmp_path / "data").mkdir()
    (tmp_path / "warung").rename(tmp_path / "data" / "warung")
    return tmp_path


def edit(place: Path, before: str, after: str) -> None:
    path = place / "rules" / "warung" / "rules.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


SINCE = ("--since", "2026-01-01")


def test_rules_that_have_not_changed_change_nothing(shop: Path, wabot: Typed) -> None:
    done = wabot("replay", *SINCE, "--fail-on-change")
    assert done.code == 0
    assert "nothing changes for any customer" in done.out
    assert "5 messages of 2 chats: 4 answered then, 4 now" in done.out


def test_a_change_is_shown_with_the_message_and_both_answers(shop: Path, wabot: Typed) -> None:
    edit(shop, 'response: "Buka {{ hours.today }} kak."', "response: Tiap hari kak.")
    edit(shop, "keywords: [pesan]", "keywords: [order]")
    done = wabot("replay", *SINCE)
    assert done.code == 0
    assert "then  jam-buka  Buka 08.00–17.00 kak." in done.out
    assert "now   jam-buka  Tiap hari kak." in done.out
    assert "now   no reply: no_match" in done.out
    assert "2 messages of 2 chats change: 1 not answered now, 1 answered in other words" in done.out
    assert wabot("replay", *SINCE, "--fail-on-change").code == 1


def test_machines_get_the_same(shop: Path, wabot: Typed) -> None:
    edit(shop, "keywords: [pesan]", "keywords: [order]")
    done = wabot("replay", *SINCE, "--format", "json")
    (told,) = json.loads(done.out)["tenants"]
    assert told["changed"] == {"messages": 1, "conversations": 1, "silent": 1}
    (change,) = told["changes"]
    assert (change["chat"], change["text"], change["change"]) == (ANI, "mau pesan", "silent")
    assert change["then"]["answers"] == [{"rule": "pesan", "reply": "Ditunggu bayarnya kak.", "error": None}]
    assert change["now"] == {"reason": "no_match", "answers": []}
    rule = next(one for one in told["rules"] if one["rule"] == "pesan")
    assert rule == {"rule": "pesan", "then": 1, "now": 0, "gained": 0, "lost": 1, "other_text": 0}


def test_only_the_first_chats_are_shown_unless_all_are_asked_for(
    shop: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.cli.replayed._MOST_CHATS", 1)
    edit(shop, "keywords: [pesan]", "keywords: [order]")
    edit(shop, "keywords: [jam buka]", "keywords: [tutup]")
    short, whole = wabot("replay", *SINCE), wabot("replay", *SINCE, "--all")
    assert "… and 1 chat more; --all shows them" in short.out
    assert (short.out.count("no reply: no_match"), whole.out.count("now   no reply: no_match")) == (1 + 1, 2)


def test_a_draft_in_another_folder_decides_the_messages_of_the_tenant_that_is_named(shop: Path, wabot: Typed) -> None:
    (shop / "rules" / "warung").rename(shop / "draf")
    done = wabot("replay", *SINCE, "--tenant", "warung", "draf")
    assert (done.code, "nothing changes" in done.out) == (0, True)


def test_broken_rules_are_reported_as_validate_reports_them(shop: Path, wabot: Typed) -> None:
    edit(shop, "trigger: {type: welcome}", "trigger: {type: welcom}")
    done, checked = wabot("replay", *SINCE), wabot("validate")
    assert (done.code, done.out) == (checked.code, checked.out)
    assert done.code == 1


def test_a_period_in_which_nobody_wrote_is_told_with_the_last_message_before_it(shop: Path, wabot: Typed) -> None:
    done = wabot("replay", "--since", "1h", "--fail-on-change")
    assert done.code == 0
    assert "warung: no customer wrote since" in done.out
    assert "the last message is of 2026-01-28" in done.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tenant", "waroeng"), "there is no tenant `waroeng`"),
        (("--data", "nirgends"), "there is no data folder nirgends"),
        (("--since", "kemarin"), "--since kemarin: write such as 30d, 4w or 12h, or a day as 2026-01-31"),
        (("--since", "2099-01-01"), "is yet to come"),
        (("nirgends.txt",), "nirgends.txt does not exist"),
        (("--me", "Budi"), "--me names the shop in an exported chat"),
    ],
)
def test_what_cannot_be_meant_is_told(shop: Path, wabot: Typed, words: tuple[str, ...], told: str) -> None:
    done = wabot("replay", *words)
    assert done.code == 2
    assert told in done.err


def test_a_tenant_of_which_nothing_is_stored_is_told(shop: Path, wabot: Typed) -> None:
    write_tenant(shop / "rules" / "toko")
    done = wabot("replay", *SINCE)
    assert (done.code, "toko: nothing is stored in data" in done.out) == (0, True)
    alone = wabot("replay", *SINCE, "--tenant", "toko")
    assert (alone.code, "there is no stored tenant `toko` in data" in alone.err) == (2, True)


def chat(place: Path, name: str = "chat.txt", text: str = CHAT) -> Path:
    path = place / name
    path.write_text(text, "utf-8")
    return path


def test_an_exported_chat_needs_no_data_and_is_shown_beside_what_the_shop_answered(
    repository: Path, wabot: Typed
) -> None:
    done = wabot("replay", str(chat(repository)), "rules/warung")
    assert done.code == 0
    assert "Budi writes, Warung Uji answers" in done.out
    assert "wabot  jam-buka  Kami buka tiap hari kak." in done.out
    assert "shop   Ada kak / Cuma dalam kota" in done.out
    assert "3 messages: 1 answered by rules alone (33 %), 0 handed to a person, 2 that no rule knows" in done.out
    assert "   2×  ada cod?" in done.out


def test_a_zip_as_whatsapp_makes_it_is_read_too_and_its_name_tells_the_customer(repository: Path, wabot: Typed) -> None:
    path = repository / "WhatsApp Chat - Budi.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", CHAT.replace("Warung Uji", "Sari"))
        archive.writestr("00000001-PHOTO.jpg", b"\xff\xd8")
    done = wabot("replay", "--chat", str(path), "rules/warung", "--format", "json")
    told = json.loads(done.out)
    assert (told["chats"][0]["shop"], told["customer_messages"], told["answered_alone"]) == ("Sari", 3, 1)


def test_who_the_shop_is_must_be_said_where_nothing_tells_it(repository: Path, wabot: Typed) -> None:
    path = chat(repository, text=CHAT.replace("Warung Uji", "Sari"))
    asked = wabot("replay", str(path), "rules/warung")
    assert asked.code == 2
    assert "which of `Budi` and `Sari` is the shop? Say so with --me NAME" in asked.err
    assert wabot("replay", str(path), "rules/warung", "--me", "sari").code == 0
    wrong = wabot("replay", str(path), "rules/warung", "--me", "Ani")
    assert (wrong.code, "nobody is called `Ani` there; there write `Budi` and `Sari`" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[LINE] Chat history with Budi\nSaved on: 12/31/2023, 20:15\n", "it looks like one of LINE"),
        ("# Catatan\n", "Expected are lines such as `31/12/23 20.15 - Budi: Halo kak`"),
        (f'{CHAT}31/12/23 20.21 - Budi membuat grup "Arisan"\n', "it is a group's"),
    ],
)
def test_what_is_no_export_is_refused_and_told_what_is_expected(
    repository: Path, wabot: Typed, text: str, told: str
) -> None:
    done = wabot("replay", str(chat(repository, text=text)), "rules/warung")
    assert done.code == 2
    assert told in done.err


def test_a_zip_without_a_chat_and_chats_for_several_tenants_are_refused(repository: Path, wabot: Typed) -> None:
    path = repository / "foto.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"")
    assert "there is no _chat.txt in it" in wabot("replay", str(path), "rules/warung").err
    done = wabot("replay", str(chat(repository)))
    assert (done.code, "there are several tenants: toko, warung; name one with --tenant" in done.err) == (2, True)
