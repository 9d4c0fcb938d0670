"""The rules that are suggested really work: among the tenant's own, as they are pasted into the file."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.asked import ask
from tests.cli.typed import Typed
from tests.examples import examples
from tests.session.stage import START
from tests.tenants import rules, write_tenant
from wabot.analytics.suggestion import HEAD, Answering
from wabot.analytics.unanswered import Matter, Question, Tenant, Unanswered, unanswered
from wabot.cli.checking import check
from wabot.engine.load import load_tenant
from wabot.language.document import parse_document

EXAMPLES = Path("rules").resolve()
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def wabot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typed:
    monkeypatch.setenv("WABOT_CACHE", "off")
    return Typed(capsys, monkeypatch)


def asked_of(folder: Path | None, texts: list[str], *, least: int = 2, most: int = 50) -> Unanswered:
    """What the rules in `folder` do not know of these messages."""
    rule_set = None if folder is None else load_tenant(folder).rule_set
    questions = [Question(text, "text", f"c{number % 9}", START + number) for number, text in enumerate(texts)]
    return unanswered(questions, Tenant(folder, rule_set, JAKARTA), START, least=least, most=most)


def tenant(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(EXAMPLES / name, tmp_path / "rules" / name))


def worked(folder: Path, matters: list[Matter], texts: list[str]) -> dict[str, int]:
    """How many of the messages each new rule answers, once it is in the files."""
    loaded = load_tenant(folder)
    assert loaded.rule_set is not None
    answering = Answering(loaded.rule_set)
    answered = [answering.rule(text, "text") for text in texts]
    return {matter.rule.id: answered.count(matter.rule.id) for matter in matters if matter.rule is not None}


@pytest.mark.parametrize("name", ["warung-sari", "toko-melati", "servis-jaya"])
def test_all_suggested_rules_together_pass_validation_answer_their_messages_and_keep_the_tests(
    name: str, tmp_path: Path, wabot: Typed
) -> None:
    folder, texts = tenant(tmp_path, name), ask(400)
    found = asked_of(folder, texts)
    made = [matter.rule for matter in found.matters if matter.rule is not None]
    assert len(made) == len(found.matters) >= 10
    assert all(2 * rule.answers > matter.asked for rule, matter in zip(made, found.matters, strict=True))
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "baru.yaml").write_text(HEAD + "".join(rule.yaml for rule in made), "utf-8")
    assert (validated := wabot("validate", folder)).code == 0, validated.out
    assert (tested := wabot("test", folder)).code == 0, tested.out
    assert worked(folder, list(found.matters), texts) == {rule.id: rule.answers for rule in made}


def test_each_suggested_rule_alone_passes_validation_at_the_end_of_the_file(tmp_path: Path) -> None:
    folder, texts = tenant(tmp_path, "warung-sari"), ask(300)
    file = folder / "rules.yaml"
    before = file.read_text("utf-8")
    for matter in asked_of(folder, texts).matters:
        assert matter.rule is not None
        file.write_text(f"{before}\n{matter.rule.yaml}", "utf-8")
        checked, _ = check(folder, START)
        assert [one for one in checked.findings if one.location.path == file] == []
        assert worked(folder, [matter], texts)[matter.rule.id] >= matter.rule.answers


def test_a_rule_is_written_to_be_filled_in(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    texts = ["wifi?", "ada wifi kak", "wifinya apa, hub 081234567890 ya", "wifi?"]
    (matter,) = asked_of(folder, texts).matters
    assert matter.rule is not None
    assert (
        matter.rule.yaml
        == """\
  # asked 4 times by 4 customers, last on 2026-01-28
  - id: tanya-wifi
    name: Tanya wifi
    trigger:
      type: keyword
      match: word
      keywords:
        - wifi
        - wifinya
    priority: 49
    cooldown: 10m
    response: "Terima kasih sudah bertanya, kak. (Jawaban ini belum diisi: ganti teks ini sebelum dipakai.)"
    examples:
      match:
        - "wifi?"
        - ada wifi kak
        - "wifinya apa, hub 0812…890 ya"
"""
    )


def test_the_ids_of_rules_are_nobody_elses(tmp_path: Path) -> None:
    folder = write_tenant(
        tmp_path / "warung", rules("  - {id: tanya-wifi, trigger: {type: keyword, keywords: [abc]}, response: Ya.}\n")
    )
    texts = ["wifi?", "wifi", "文字 kak", "文字", "한국 kak", "한국"]
    ids = [matter.rule.id for matter in asked_of(folder, texts).matters if matter.rule is not None]
    assert sorted(ids) == ["tanya", "tanya-2", "tanya-wifi-2"]


def test_a_rule_comes_after_all_that_look_at_the_text(tmp_path: Path) -> None:
    folder = write_tenant(
        tmp_path / "warung",
        rules("  - {id: paket, trigger: {type: keyword, keywords: [paket]}, priority: 7, response: Paket kak.}\n"),
    )
    found = asked_of(folder, ["wifi paket kak", "wifi?", "ada wifi"])
    (matter,) = found.matters
    assert (found.known, matter.asked) == ({"paket": 1}, 2)
    assert matter.rule is not None
    assert "priority: 6\n" in matter.rule.yaml


def test_words_that_yaml_reads_otherwise_are_quoted(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    (matter,) = asked_of(folder, ["null?", "null kak", "NULL"]).matters
    assert matter.rule is not None
    assert matter.rule.keywords == ("null",)
    assert '- "null"\n' in matter.rule.yaml


def test_messages_that_share_only_how_they_ask_are_keywords_as_a_whole(tmp_path: Path) -> None:
    (matter,) = asked_of(write_tenant(tmp_path / "warung"), ["Berapa kak?", "berapa  kak?", "brp"]).matters
    assert matter.rule is not None
    assert (matter.rule.match, matter.rule.keywords) == ("exact", ("berapa kak?", "brp"))


def test_messages_that_ask_in_too_many_ways_get_no_rule(tmp_path: Path) -> None:
    texts = [f"berapa kak {number}" for number in range(100)]
    (matter,) = asked_of(write_tenant(tmp_path / "warung"), texts).matters
    assert (matter.asked, matter.rule) == (100, None)


def test_where_nobody_knows_the_rules_they_are_suggested_all_the_same() -> None:
    (matter,) = asked_of(None, ["wifi?", "ada wifi"]).matters
    assert matter.rule is not None
    assert (matter.rule.id, matter.rule.answers) == ("tanya-wifi", 2)


@examples(100)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6))
def test_whatever_customers_write_a_rule_for_it_is_sound_and_answers_it(texts: list[str]) -> None:
    asked = [text for text in texts for _ in range(2)]
    for matter in asked_of(None, asked, least=1).matters:
        assert matter.rule is not None
        assert matter.rule.answers > matter.asked / 2
        document = parse_document(Path("rules.yaml"), (HEAD + matter.rule.yaml).encode())
        assert document.findings == []
        (entry,) = document.data["rules"]
        assert (entry["id"], entry["trigger"]["keywords"]) == (matter.rule.id, list(matter.rule.keywords))
