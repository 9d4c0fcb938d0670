"""The automata and the algebra of literals, held to RE2 and to the engine on texts that hypothesis thinks of."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.engine import rule_sets as some
from tests.examples import examples
from wabot.engine.normalize import visible
from wabot.engine.proof.automaton import Budget, missed
from wabot.engine.proof.letters import ordinary, same_letter
from wabot.engine.proof.literal import EVERYTHING, literal, takes, tree
from wabot.engine.proof.regex import parse
from wabot.engine.proof.syntax import Chars, Node, Repeat, Sequence, Unknown, options
from wabot.engine.proof.syntax import example as example_of
from wabot.engine.trace import in_text
from wabot.language.regex import Regex, RegexError
from wabot.language.triggers.keyword import Keyword, Match

ATOMS = (
    *("a", "b", "jam", " ", "\\d", "[0-9]", "[abc]", "[^a]", ".", "\\b", "^", "$", "(x|yz)", "(?:jam buka)", "[]a]"),
    *("(?P<n>a+)", "(?i:B)", "(?-i:B)", "\\.", "-", "k", "s", "[[:alpha:]]", "[[:^alpha:]1]", "\\w", "x{2}", "{", "é"),
    *("(?i)", "(a|)", "\\s", "\\S", "(?m:^a)", "(?m:b$)", "(?s:.)", "[^\\d\\n]", "[\\Da]", "\\x41", "\\x{e9}", "[à-ê]"),
    *("\\W", "\\A", "\\z", "|", "[a-cx-]", "{,2}", "[^\\W_]"),
)
QUANTIFIERS = ("", "", "", "?", "*", "+", "{2}", "{0,1}", "{1,}", "+?", "{0}")
PIECES = (
    "a",
    "B",
    "b",
    "jam",
    " ",
    "7",
    "42",
    "x",
    "yz",
    "xx",
    "K",
    "s",
    "-",
    ".",
    "é",
    "É",
    "{",
    "\n",
    "😀",
    "_",
    "1",
)

regexes = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)), min_size=1, max_size=5).map(
    lambda parts: "".join(atom + quantifier for atom, quantifier in parts)
)
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def understood(source: str, case_sensitive: bool) -> tuple[Regex, Node]:
    try:
        return Regex(source, case_sensitive), parse(source, case_sensitive)
    except (RegexError, Unknown):
        assume(False)
        raise


def exactly(text: str) -> Node:
    """A tree that matches this text alone."""
    start, end = parse(r"\A", True), parse(r"\z", True)
    return Sequence((start, *(Chars(frozenset(char)) for char in text), end))


@examples(1500)
@given(regexes, texts, st.booleans())
@example("a|b{0}$", "\n", False)
def test_the_automaton_of_a_regex_matches_what_re2_matches(source: str, text: str, case_sensitive: bool) -> None:
    regex, node = understood(source, case_sensitive)
    matched = regex.find(text.encode()) is not None
    assert (missed(exactly(text), [node]) is None) == matched


@examples(600)
@given(regexes, regexes, st.booleans(), st.booleans(), st.lists(texts, max_size=5))
def test_one_regex_takes_another_or_there_is_a_text_that_shows_it_does_not(
    source: str, other: str, case_sensitive: bool, other_sensitive: bool, chosen: list[str]
) -> None:
    later, later_node = understood(source, case_sensitive)
    earlier, earlier_node = understood(other, other_sensitive)
    try:
        text = missed(later_node, [earlier_node])
    except Unknown:
        return
    if text is not None:
        assert visible(text) == text
        assert later.find(text.encode()) is not None
        assert earlier.find(text.encode()) is None
    else:
        for each in chosen:
            assert later.find(each.encode()) is None or earlier.find(each.encode()) is not None


@examples(600)
@given(regexes, st.booleans())
def test_the_alternatives_of_a_regex_match_together_what_it_matches(source: str, case_sensitive: bool) -> None:
    _, node = understood(source, case_sensitive)
    try:
        assert missed(node, options(node)) is None
        assert all(missed(option, [node]) is None for option in options(node))
    except Unknown:
        return


MATCHES: tuple[Match, ...] = ("exact", "contains", "starts_with", "ends_with", "word")
words = st.lists(
    st.sampled_from(("jam", "buka", "a", " ", "-", "é", "1", "JAM", "?", "ﬁ", "ß")), min_size=1, max_size=4
)
keywords = st.tuples(words.map("".join), st.sampled_from(MATCHES), st.booleans())


@examples(1500)
@given(keywords, keywords, st.lists(some.texts, max_size=6), st.lists(st.sampled_from(("", " ", "x", "É", "-", "1"))))
def test_a_literal_that_takes_another_matches_all_its_texts(
    one: tuple[str, Match, bool], other: tuple[str, Match, bool], chosen: list[str], around: list[str]
) -> None:
    earlier, later = (literal(match, keyword, cased) for keyword, match, cased in (one, other))
    if earlier is None or later is None or not takes(earlier, later):
        return
    for text in (*chosen, *(before + other[0] + after for before in around for after in around)):
        if ordinary(text) and in_text(Keyword((other[0],), other[1], other[2]), text) is not None:
            assert in_text(Keyword((one[0],), one[1], one[2]), text) is not None, text


@examples(600)
@given(keywords, keywords)
def test_the_algebra_of_literals_and_the_automata_agree(
    one: tuple[str, Match, bool], other: tuple[str, Match, bool]
) -> None:
    earlier, later = (literal(match, keyword, cased) for keyword, match, cased in (one, other))
    if earlier is None or later is None:
        return
    try:
        text = missed(tree(later), [tree(earlier)], ordinary=True)
    except Unknown:
        assume(False)
    assert takes(earlier, later) == (text is None), text


@examples(800)
@given(keywords, some.texts)
def test_the_automaton_of_a_literal_matches_what_the_engine_matches(
    keyword: tuple[str, Match, bool], text: str
) -> None:
    assume(ordinary(text))
    made = literal(keyword[1], keyword[0], keyword[2])
    matched = in_text(Keyword((keyword[0],), keyword[1], keyword[2]), text) is not None
    if made is None:
        assert not matched
    else:
        try:
            assert (missed(exactly(visible(text)), [tree(made)], ordinary=True) is None) == matched
        except Unknown:
            assert not ordinary(made.text)


@pytest.mark.parametrize(
    ("earlier", "later", "taken"),
    [
        ("jam", "jam buka", True),
        ("jam buka", "jam", False),
        (r"\bjam\b", "jam buka", False),
        (r"\bjam\b", r"\bjam buka\b", True),
        (r"ongkir|ongkos kirim", r"\bongkos kirim\b", True),
        (r"\d{4,}", r"\bJP\d{10}\b", True),
        (r"\bJP\d{10}\b", r"\bJP\d{10}", False),
        (r"\bJ[PT]\d{8,12}\b", r"\b(?P<resi>JP\d{10})\b", True),
        (r"pesan", r"\bpesan\b.*?\b(?P<jumlah>\d{1,2})\b", True),
        (r"^hi", r"^hilang", True),
        (r"hi$", r"^hi$", True),
        (r".", r"a", True),
        (r".*", r"a|b|", True),
        (r"(a|b)*c", r"[ab]{3}c", True),
        (r"[a-z]", r"\w", False),
        (r"(?s).{3}", r"\b\w+\s\w+\b", True),
    ],
)
def test_whether_a_regex_takes_every_text_of_another(earlier: str, later: str, taken: bool) -> None:
    assert (missed(parse(later, False), [parse(earlier, False)]) is None) == taken


@pytest.mark.parametrize(
    "source", ["a^b", "$a", r"\bb\Bb"[:3] + r"\b\w\bx", "[^\\s\\S]", "①", "❤\ufe0f", r"\d\bx", "…"]
)
def test_a_regex_that_no_normalised_text_can_match_is_empty(source: str) -> None:
    assert missed(parse(source, False), []) is None


def test_the_shortest_text_that_a_regex_matches_is_found_first() -> None:
    assert missed(parse(r"x{3}|ab|[0-9]{4}", False), []) == "ab"
    assert missed(EVERYTHING, [parse(r"\w", False)]) == ""


def test_a_proof_that_takes_too_many_steps_is_unknown() -> None:
    with pytest.raises(Unknown):
        missed(parse(r"a{40}b{40}", False), [parse(r"(a|b)*a(a|b){12}", False)], budget=Budget(50))


def test_syntax_that_is_left_alone_is_unknown() -> None:
    for source in (r"\pL", r"\Qa.b\E", r"a\B", r"\C", r"[[:print:]]", r"\101", "(" * 60 + "a" + ")" * 60):
        with pytest.raises(Unknown):
            parse(source, False)


def test_an_example_is_a_text_of_the_regex() -> None:
    assert example_of(parse(r"\b(?P<resi>JP\d{3,5})\b", False)) == "jp111"
    assert example_of(Repeat(parse("[^a-y]", False), 2, None)) == "zz"


def test_the_cases_of_a_letter() -> None:
    assert same_letter("k") == {"k", "K"}
    assert same_letter("é") == {"é", "É"}
    assert same_letter("σ") == {"σ", "ς", "Σ"}
    assert same_letter("😀") == {"😀"}
