"""`wabot analytics unanswered`: what no rule knew, with rules that work once they are in the files."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, stage

RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: tidak-paham, trigger: {type: fallback}, response: Sebentar kak.}
"""
ASKED = [
    (BUDI, "halal kak?"),
    (BUDI, "halo"),
    (ANI, "ini halal ga"),
    (ANI, "jam buka?"),
    (ANI, "ada parkir?"),
    (BUDI, "parkirnya luas ga, hubungi 0812-3456-7890"),
    (BUDI, "HALAL KAK?"),
    (BUDI, "menu?"),
    (ANI, "👍"),
]
DAYS = ("--from", "2026-01-28", "--to", "2026-01-28")


@pytest.fixture
async def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    async with stage(tmp_path, RULES) as shop:
        for chat, text in ASKED:
            await shop.say(text, chat)
            shop.later(60_000)
        await shop.say("", ANI, type="image")
    monkeypatch.chdir(tmp_path)
    Path("stored").mkdir()
    (tmp_path / "data").rename(tmp_path / "stored" / "warung")
    return tmp_path / "stored"


def test_what_was_asked_is_shown_with_its_wordings_and_a_rule(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "unanswered", "--data", data, *DAYS)
    assert said.code == 0, said.err
    assert "  6 messages asked something that no rule knows\n" in said.out
    block = said.out[said.out.index("1. halal") : said.out.index("2. parkir")]
    assert (
        block
        == """\
1. halal  3× by 2 customers, last on 2026-01-28
    a fallback answered 3×
    “halal kak?”
    “ini halal ga”
    a rule that answers 3 of them:
  - id: tanya-halal
    name: Tanya halal
    trigger:
      type: keyword
      match: word
      keywords:
        - halal
    priority: 49
    cooldown: 10m
    response: "Terima kasih sudah bertanya, kak. (Jawaban ini belum diisi: ganti teks ini sebelum dipakai.)"
    examples:
      match:
        - "halal kak?"
        - ini halal ga

"""
    )
    assert "“parkirnya luas ga, hubungi 0812…890”" in said.out
    assert "7890" not in said.out
    notes = said.out[said.out.index("  1 message asked something else") :]
    assert "  1 message only greeted, thanked, or said yes or no\n" in notes
    assert "  1 message had no words: signs, numbers, links\n" in notes
    assert "  1 message came without a text: image 1\n" in notes


def test_without_the_rules_it_is_a_list_of_questions(wabot: Typed, data: Path) -> None:
    out = wabot("analytics", "unanswered", "--data", data, *DAYS, "--brief", "--least", "1").out
    assert [line for line in out.splitlines() if line[:1].isdigit()] == [
        "1. halal  3× by 2 customers, last on 2026-01-28",
        "2. parkir  2× by 2 customers, last on 2026-01-28",
        "3. menu  1× by 1 customer, last on 2026-01-28",
    ]
    assert "trigger:" not in out


def test_machines_are_told_the_same(wabot: Typed, data: Path) -> None:
    (told,) = wabot("analytics", "unanswered", "--data", data, *DAYS, "--format", "json").data["tenants"]
    assert (told["asked"], told["others"], told["greetings"], told["without_words"]) == (6, 1, 1, 1)
    assert told["media_without_text"] == {"image": 1}
    first, second = told["groups"]
    assert (first["number"], first["word"], first["messages"], first["customers"]) == (1, "halal", 3, 2)
    assert first["answered_instead"] == {"fallback": 3}
    assert second["rule"]["keywords"] == ["parkir", "parkirnya"]
    assert second["rule"]["yaml"].startswith(
        "  # asked 2 times by 2 customers, last on 2026-01-28\n  - id: tanya-parkir\n"
    )


def test_a_rule_that_is_added_to_the_file_answers_and_its_question_is_asked_no_more(wabot: Typed, data: Path) -> None:
    file = Path("rules/warung/rules.yaml")
    said = wabot("analytics", "unanswered", "--data", data, *DAYS, "--rule", "1")
    assert said.code == 0, said.err
    file.write_text(file.read_text() + said.out)
    assert (checked := wabot("validate", "rules")).code == 0, checked.out
    assert "tanya-halal" in wabot("test", "halal kak?", "rules").out
    (told,) = wabot("analytics", "unanswered", "--data", data, *DAYS, "--rules", "rules", "--format", "json").data[
        "tenants"
    ]
    assert [one["word"] for one in told["groups"]] == ["parkir"]
    assert told["answered_by_rules_of_today"] == {"tanya-halal": 3}


def test_all_rules_make_a_file_of_rules(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "unanswered", "--data", data, *DAYS, "--yaml", "--least", "1")
    Path("rules/warung/rules").mkdir()
    Path("rules/warung/rules/baru.yaml").write_text(said.out)
    assert said.out.startswith("version: 1\nrules:\n  # asked 3 times")
    assert (checked := wabot("validate", "rules")).code == 0, checked.out
    assert wabot("rules", "rules").out.count("tanya-") == 3


def test_a_group_that_is_not_there_is_told(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "unanswered", "--data", data, *DAYS, "--rule", "9")
    assert (said.code, said.out) == (2, "")
    assert "--rule 9: there is no such group; there are 2" in said.err


def test_rules_are_printed_for_one_tenant_and_not_as_json(wabot: Typed, data: Path) -> None:
    assert wabot("analytics", "unanswered", "--data", data, "--yaml", "--format", "json").code == 2
    (data / "toko").mkdir()
    (data / "toko" / "wabot.db").write_bytes((data / "warung" / "wabot.db").read_bytes())
    said = wabot("analytics", "unanswered", "--data", data, "--yaml")
    assert said.code == 2
    assert "name it with --tenant; there are: toko, warung" in said.err


def test_days_on_which_all_was_known_say_so(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "unanswered", "--data", data, "--from", "2026-02-01", "--to", "2026-02-02")
    assert said.code == 0
    assert "nothing was written then" in said.out
    said = wabot("analytics", "unanswered", "--data", data, "--from", "2026-02-01", "--to", "2026-02-02", "--yaml")
    assert (said.code, said.out) == (2, "")
