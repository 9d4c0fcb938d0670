"""Which rules a text triggers, at a cost that does not grow with their number.

Every literal keyword of every rule stands in one Aho-Corasick automaton: one scan finds them all. A regex is asked only
when a literal that it cannot do without was found by the same scan (`required`). Regexes without such a literal share
one RE2 set.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import re2
from ahocorasick_rs import AhoCorasick, Implementation

from wabot.engine.fuzzy import Fuzzy, typos
from wabot.engine.menus import menus_of
from wabot.engine.normalize import exact, fold, visible
from wabot.engine.required import required
from wabot.language.regex import Regex, options
from wabot.language.rule_set import Answer, Candidate, Decision, Rule
from wabot.language.triggers import Trigger
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome

_CONTAINS: Final = 0
_EXACT: Final = 1
_STARTS: Final = 2
_ENDS: Final = 3
_WORD: Final = 4
_SHARED: Final = 5
_KINDS: Final = {"contains": _CONTAINS, "exact": _EXACT, "starts_with": _STARTS, "ends_with": _ENDS, "word": _WORD}
_FEW: Final = 2
"""Up to so many regexes without a telling literal are simply asked one after the other."""
_MANY: Final = 8
"""A literal that stands in a text thousands of times must not have its regex search the text as often."""

_RANK: Final = itemgetter(0, 1)


def at_word(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] stands alone: no letter, digit or underscore touches it."""
    return not (start > 0 and _wordly(text[start - 1])) and not (end < len(text) and _wordly(text[end]))


def _wordly(char: str) -> bool:
    return char.isalnum() or char == "_"


class Index:
    """A `Matcher`: built once for a rule set, then only read."""

    __slots__ = ("_automata", "_fuzzy", "_shared", "_ungated", "fallbacks", "menus", "timed", "welcomes")

    def __init__(self, rules: Sequence[Rule]) -> None:
        """`rules` in the order of decision. Disabled ones are left out."""
        self.welcomes = _of_kind(rules, Welcome)
        self.timed = _of_kind(rules, TimeBased)
        self.fallbacks = _of_kind(rules, Fallback)
        self.menus = menus_of(rules)
        fuzzy: dict[Callable[[str], str], list[tuple[str, int, Candidate]]] = {}
        folded, cased = _Literals(), _Literals()
        few: list[tuple[Candidate, bool, frozenset[str] | None]] = []
        order = 0
        for rank, rule in enumerate(rules):
            trigger = rule.trigger
            if not rule.enabled or not isinstance(trigger, Keyword | Pattern):
                continue
            regexes = _regexes(trigger)
            for source in regexes:
                order += 1
                candidate = _candidate(rank, order, rule, source, Regex(source, trigger.case_sensitive))
                need = required(source)
                if need and min(map(len, need)) > 1:
                    for literal in need:
                        folded.add(literal, candidate)
                else:
                    few.append((candidate, trigger.case_sensitive, need))
            if isinstance(trigger, Keyword) and not regexes:
                form = exact if trigger.case_sensitive else fold
                for keyword in trigger.keywords:
                    order += 1
                    literal = form(keyword)
                    if trigger.match == "fuzzy":
                        meant = (literal, typos(literal, trigger.max_typos), _candidate(rank, order, rule, keyword))
                        fuzzy.setdefault(form, []).append(meant)
                        continue
                    candidate = _candidate(rank, order, rule, keyword, kind=_KINDS[trigger.match])
                    (cased if trigger.case_sensitive else folded).add(literal, candidate)
        self._fuzzy = tuple((spelling, Fuzzy(keywords)) for spelling, keywords in fuzzy.items())
        self._ungated: tuple[Candidate, ...] = ()
        self._shared: _Shared | None = None
        if len(few) <= _FEW:
            self._gate_each(few, folded)
        else:
            self._share(few, folded)
        self._automata = tuple(
            (*literals.automaton(), form) for literals, form in ((folded, fold), (cased, exact)) if literals.meanings
        )

    def candidates(self, text: str) -> list[Candidate]:
        found = list(self._ungated)
        shared = False
        for scan, entries, form in self._automata:
            seen = form(text)
            for number, start, end in scan(seen, True):
                entry = entries[number]
                for candidate in (entry,) if type(entry) is Candidate else entry:
                    kind = candidate[2]
                    if (
                        kind == _CONTAINS
                        or (kind == _WORD and at_word(seen, start, end))
                        or (kind == _STARTS and start == 0)
                        or (kind == _ENDS and end == len(seen))
                        or (kind == _EXACT and start == 0 and end == len(seen))
                    ):
                        found.append(candidate)
                    elif kind == _SHARED:
                        shared = True
        for spelling, keywords in self._fuzzy:
            found += keywords.found(spelling(text))
        if self._shared is not None and (shared or self._shared.ungated):
            found += self._shared.candidates(text)
        if len(found) > _MANY:
            found = list(dict(zip(map(id, found), found, strict=True)).values())
        if len(found) > 1:
            found.sort(key=_RANK)
        return found

    def _gate_each(self, few: Iterable[tuple[Candidate, bool, frozenset[str] | None]], folded: "_Literals") -> None:
        for candidate, _, need in few:
            if need is None:
                self._ungated += (candidate,)
            else:
                for literal in need:
                    folded.add(literal, candidate)

    def _share(self, few: list[tuple[Candidate, bool, frozenset[str] | None]], folded: "_Literals") -> None:
        self._shared = _Shared([(candidate, cased) for candidate, cased, _ in few])
        needs = [need for _, _, need in few]
        if None in needs:
            self._shared.ungated = True
        else:
            for literal in frozenset().union(*(need for need in needs if need)):
                folded.add(literal, few[0][0]._replace(kind=_SHARED))


class _Literals:
    """Literals on their way into an automaton, each with what it means."""

    def __init__(self) -> None:
        self.meanings: dict[str, list[Candidate]] = {}

    def add(self, literal: str, candidate: Candidate) -> None:
        if literal:  # nothing is left of a keyword of invisible characters: it matches nothing
            self.meanings.setdefault(literal, []).append(candidate)

    def automaton(self) -> tuple[Any, tuple[Any, ...]]:
        """The scan, and for each literal its candidate, or a tuple of them. Most have one: a tuple less is a place in
        memory less that no cache holds."""
        made = AhoCorasick(list(self.meanings), implementation=Implementation.ContiguousNFA)
        return made.find_matches_as_indexes, tuple(
            one[0] if len(one) == 1 else tuple(one) for one in self.meanings.values()
        )


class _Shared:
    """Regexes that no literal announces, searched together. `ungated`: nothing tells when to leave the search out."""

    __slots__ = ("_sets", "ungated")

    def __init__(self, members: list[tuple[Candidate, bool]]) -> None:
        self.ungated = False
        self._sets: list[tuple[Any, list[Candidate]]] = []
        for case_sensitive in (False, True):
            chosen = [candidate for candidate, cased in members if cased is case_sensitive]
            if chosen:
                together = re2.Set.SearchSet(options(case_sensitive))
                for candidate in chosen:
                    together.Add(candidate.decision.answers[0].matched)
                # The last member matches every text. RE2 answers "nothing" when its automaton runs out of memory; if
                # even this member is missing, that is what happened.
                together.Add("")
                together.Compile()
                self._sets.append((together._set.Match, chosen))

    def candidates(self, text: str) -> list[Candidate]:
        raw = visible(text).encode("utf-8", "replace")
        found: list[Candidate] = []
        for search, members in self._sets:
            numbers = search(raw)
            if len(members) in numbers:
                found += [members[number] for number in numbers if number != len(members)]
            else:
                found += members
        return found


def _candidate(
    rank: int, order: int, rule: Rule, matched: str, regex: Regex | None = None, kind: int = _CONTAINS
) -> Candidate:
    certain = bool(matched) and regex is None and rule.conditions is None and not rule.continues
    return Candidate(rank, order, kind, certain, regex, Decision((Answer(rule, matched),), "answered"))


def _regexes(trigger: Keyword | Pattern) -> tuple[str, ...]:
    if isinstance(trigger, Pattern):
        return (trigger.regex,)
    return trigger.keywords if trigger.match == "regex" else ()


def _of_kind(rules: Sequence[Rule], kind: type[Trigger]) -> tuple[Candidate, ...]:
    return tuple(
        _candidate(rank, 0, rule, "")
        for rank, rule in enumerate(rules)
        if rule.enabled and isinstance(rule.trigger, kind)
    )
