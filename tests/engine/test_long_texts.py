"""What a long message may cost: each regex searches it once, however often what announces the regex stands there."""

from pathlib import Path

import pytest

from tests.tenants import rules, write_tenant
from wabot.engine.decide import decide
from wabot.engine.fuzzy import MOST_WORDS
from wabot.engine.load import load_tenant
from wabot.engine.trace import explain
from wabot.language import regex
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context
from wabot.model.message import Message

LONGEST = 65_536


def rule_set(place: Path, text: str) -> RuleSet:
    loaded = load_tenant(write_tenant(place / "warung", rules(text)))
    assert loaded.rule_set is not None, loaded.diagnostics
    return loaded.rule_set


@pytest.mark.parametrize("said", ["a" * (LONGEST - 1) + "!", "jam " * (LONGEST // 4)])
def test_a_regex_searches_a_message_once_however_often_its_literal_stands_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    text = "  - {id: lambat, trigger: {type: pattern, regex: '^(a+)+$'}, response: Lambat.}\n"
    text += "  - {id: jam, trigger: {type: pattern, regex: 'jam (buka|tutup)'}, response: Jam.}\n"
    searched: list[str] = []
    find = regex.Regex.find

    def counted(self: regex.Regex, raw: bytes) -> tuple[int, int] | None:
        searched.append(self.source)
        return find(self, raw)

    monkeypatch.setattr(regex.Regex, "find", counted)
    sound = rule_set(tmp_path, text)
    assert decide(sound, Message("A", "62", said), Context(0)).reason == "no_match"
    assert len(searched) == len(set(searched)) <= 2
    assert len(searched) > 0


def test_misspelt_words_are_looked_for_in_the_first_words_of_a_message_by_decision_and_trace_alike(
    tmp_path: Path,
) -> None:
    fuzzy = rule_set(
        tmp_path, "  - {id: alamat, trigger: {type: keyword, keywords: [alamat], match: fuzzy}, response: Di Dago.}\n"
    )
    for before, found in ((MOST_WORDS - 1, "answered"), (MOST_WORDS, "no_match")):
        message = Message("A", "62", "kata " * before + "alamatt")
        assert decide(fuzzy, message, Context(0)).reason == found
        assert explain(fuzzy, message, Context(0))[0].answered is (found == "answered")
