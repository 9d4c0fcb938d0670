"""Lists in YAML, changed entry by entry: everything that people wrote around and within an entry stays."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wabot.api.problems import Problem
from wabot.api.workshop.listing import EntryList

FILE = Path("managed.yaml")
PEOPLES = """\
# our rules
version: 1
rules:
  # greets
  - id: halo   # the first
    trigger: {type: welcome}
    # kept short
    response: Halo kak
    priority: 90  # before all

  # ----- prices -----
  - id: harga
    trigger:
      type: keyword
      keywords:
        - harga  # most ask so
        - berapa
    response: |
      # no comment, a text
      Rp 15.000

      kak.
# the end
"""


def listed(text: str | None = PEOPLES) -> EntryList:
    return EntryList(FILE, text, "rules", "id")


def lines(text: str) -> set[str]:
    return set(text.splitlines())


def test_an_entry_is_put_at_the_end_and_every_line_before_stays() -> None:
    made = listed()
    made.add({"id": "promo", "trigger": {"type": "keyword", "keywords": ["promo", "17:30"]}, "response": "Ada\nkak"})
    assert made.text == PEOPLES.replace(
        "# the end\n",
        '  - id: promo\n    trigger:\n      type: keyword\n      keywords: [promo, "17:30"]\n'
        "    response: |-\n      Ada\n      kak\n# the end\n",
    )


def test_a_change_touches_no_line_but_those_of_its_values() -> None:
    made = listed()
    made.change(0, {**made.entries[0], "priority": 80, "enabled": False})
    gone, new = lines(PEOPLES) - lines(made.text), lines(made.text) - lines(PEOPLES)
    assert gone == {"    priority: 90  # before all"}
    assert new == {"    priority: 80  # before all", "    enabled: false"}


def test_a_value_of_several_lines_is_replaced_and_what_follows_it_stays() -> None:
    made = listed()
    made.change(1, {**made.entries[1], "response": "Rp 20.000"})
    assert '    response: "Rp 20.000"\n# the end\n' in made.text
    assert "- harga  # most ask so" in made.text


def test_an_entry_is_taken_away_and_the_comments_around_it_stay() -> None:
    made = listed()
    made.remove(0)
    assert [entry["id"] for entry in made.entries] == ["harga"]
    assert {"  # greets", "  # ----- prices -----", "# our rules", "# the end"} <= lines(made.text)
    made.remove(0)
    assert made.entries == [] and "rules: []" in made.text and "# the end" in made.text
    made.add({"id": "a", "response": "x"})
    assert "rules:\n  - id: a\n    response: x\n" in made.text


@pytest.mark.parametrize("empty", ["rules: []\n", "rules:\n", "rules:   # none yet\n", "rules: []  # none yet"])
def test_a_list_without_entries_is_begun(empty: str) -> None:
    made = listed(f"version: 1\n{empty}")
    made.add({"id": "a", "response": "x"})
    assert [entry["id"] for entry in listed(made.text).entries] == ["a"]
    assert ("# none yet" in empty) == ("# none yet" in made.text)


def test_keys_after_the_list_stay_after_it() -> None:
    made = listed("rules:\n- id: a\n  response: x\nversion: 1\n")
    made.add({"id": "b", "response": "z"})
    assert made.text == "rules:\n- id: a\n  response: x\n- id: b\n  response: z\nversion: 1\n"


def test_an_entry_in_braces_is_changed_into_lines() -> None:
    made = listed("version: 1\nrules:\n  - {id: a, response: x}  # short\n  - {id: b, response: y}\n")
    made.change(0, {"id": "a", "response": "z\nz"})
    assert [entry["response"] for entry in listed(made.text).entries] == ["z\nz", "y"]
    assert "  - {id: b, response: y}\n" in made.text


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nrules: [{id: a, response: x}]\n",
        "version: 1\nrules: {}\n",
        "version: 1\n",
        "version: 1\nrules:\n  - a\n",
        "version: 1\nrules:\n  - id: a\n    id: b\n    response: x\n",
        "version: 1\nrules: [\n",
    ],
)
def test_what_cannot_be_changed_alone_is_left_to_a_person(text: str) -> None:
    with pytest.raises(Problem) as refused:
        listed(text).add({"id": "b", "response": "y"})
    assert (refused.value.status, refused.value.code) == (409, "NEEDS_A_PERSON")


def test_an_alias_is_not_changed_for_others() -> None:
    text = "version: 1\nrules:\n  - &one\n    id: a\n    response: &said x\n  - id: b\n    response: *said\n"
    made = listed(text)
    with pytest.raises(Problem):
        made.change(0, {"id": "a", "response": "z"})
    assert made.text == text


VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n#:-'\"{}[]|> "), max_size=30).filter(
        lambda text: "\ufeff" not in text and "\ufffe" not in text and "\uffff" not in text
    )
    | st.integers(-1000, 1000)
    | st.booleans()
    | st.sampled_from(["yes", "null", "~", "17:30", "0812", "1e3", ".5", "1_000", "*a", "&a", "!x", "%a", "@a", "- a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.dictionaries(st.sampled_from(["name", "response", "trigger", "tags"]), VALUES)


@settings(max_examples=40, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=3), ENTRIES)
def test_whatever_is_written_is_read_again(entries: list[dict[str, Any]], other: dict[str, Any]) -> None:
    made = listed()
    before = list(made.entries)
    named = [{"id": f"new-{number}", **entry} for number, entry in enumerate(entries)]
    for entry in named:
        made.add(entry)
    made.change(2, {"id": "new-0", **other})
    named[0] = {"id": "new-0", **other}
    again = listed(made.text)
    assert again.entries == [*before, *named]
    again.remove(0)
    assert again.entries == [before[1], *named]
    for comment in ("# our rules", "  # greets", "  # ----- prices -----", "# the end"):
        assert comment in lines(again.text)
