"""What a schema cannot see: ids that repeat, templates and variables that do not exist, regexes that RE2 refuses."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from yaml.nodes import ScalarNode

from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps, source_lines
from wabot.language.regex import Regex, RegexError
from wabot.language.template import Problem, column_of, problems


def check_rules(
    documents: Iterable[Document], templates: Mapping[str, Document], variables: Collection[str]
) -> dict[str, Location]:
    """Report on every rules file what is wrong between its lines. Returns where each rule id stands."""
    ids: dict[str, Location] = {}
    uses: dict[str, set[str]] = {}
    for document in documents:
        for index, rule in enumerate(document.entries):
            if rule is None:
                continue
            steps: Steps = ("rules", index)
            at = document.locate((*steps, "id"))
            if first := ids.get(rule["id"]):
                where = f"{first.path.name}:{first.line}"
                document.report(
                    "WB201",
                    f"the rule id `{rule['id']}` is used twice; first in {where}",
                    "rename one of the two",
                    at=at,
                )
            else:
                ids[rule["id"]] = at
            before = len(document.findings)
            groups = _check_trigger(document, (*steps, "trigger"), rule["trigger"])
            if first or len(document.findings) > before:
                document.entries[index] = None  # it cannot be compiled, or its id means another rule
            _check_response(document, (*steps, "response"), rule["response"], templates, variables, groups, uses)
    for name, groups in uses.items():
        check_template_file(templates[name], variables, groups)
    return ids


def check_quick_replies(document: Document, variables: Collection[str]) -> None:
    """Report shortcuts that repeat, and what is wrong in their messages."""
    seen: dict[str, int] = {}
    for index, reply in enumerate(document.entries):
        if reply is None:
            continue
        at = document.locate(("quick_replies", index, "shortcut"))
        if first := seen.get(reply["shortcut"]):
            document.report(
                "WB210", f"the shortcut `{reply['shortcut']}` is used twice; first in line {first}", "rename one", at=at
            )
        seen.setdefault(reply["shortcut"], at.line)
        check_text(document, ("quick_replies", index, "message"), reply["message"], variables, ())


def check_tests(document: Document, ids: Collection[str]) -> None:
    """Report rules that a test expects and nobody wrote."""
    for index, test in enumerate(document.entries):
        for number, step in enumerate(test["steps"] if test else ()):
            expect = step.get("expect", {})
            steps: Steps = ("tests", index, "steps", number, "expect")
            named = [((*steps, "rule"), expect["rule"])] if "rule" in expect else []
            named += [((*steps, "rules", place), rule) for place, rule in enumerate(expect.get("rules", ()))]
            for where, rule in named:
                if rule != "none" and rule not in ids:
                    hint = _guess(rule, ids)
                    document.report("WB209", f"no rule has the id `{rule}`", hint, at=document.locate(where))


def check_text(
    document: Document, steps: Steps, text: str, variables: Collection[str], groups: Collection[str]
) -> None:
    """Report what is wrong in a reply's text that stands in YAML, at the place in the YAML."""
    for problem in problems(text, variables=variables, groups=groups):
        at = _place(document, steps, problem)
        document.report(problem.code, problem.message, problem.hint, at=at)


def check_template_file(document: Document, variables: Collection[str], groups: Collection[str]) -> None:
    """Report what is wrong in a file of templates/."""
    lines = source_lines(document.text)
    for problem in problems(document.text, variables=variables, groups=groups):
        line = min(problem.line, len(lines))
        column, end = column_of(lines[line - 1], problem.word)
        at = Location(document.path, line, column, end)
        document.report(problem.code, problem.message, problem.hint, at=at)


def _check_trigger(document: Document, steps: Steps, trigger: Mapping[str, Any]) -> set[str]:
    """Returns the named groups of the trigger's regexes."""
    regexes: list[tuple[Steps, str]] = []
    if trigger["type"] == "pattern":
        regexes = [((*steps, "regex"), trigger["regex"])]
    elif trigger["type"] == "keyword" and trigger.get("match") == "regex":
        regexes = [((*steps, "keywords", place), regex) for place, regex in enumerate(trigger["keywords"])]
    groups: set[str] = set()
    for where, regex in regexes:
        try:
            groups |= set(Regex(regex).names)
        except RegexError as error:
            hint = (
                "RE2 has no look-around ((?=, (?!, (?<=) and no back-references (\\1)"
                if _beyond_re2(regex)
                else "check brackets and backslashes; in YAML, single quotes keep backslashes as they are"
            )
            document.report("WB205", f"RE2 refuses this regex: {error}", hint, at=document.locate(where))
    return groups


def _beyond_re2(regex: str) -> bool:
    return any(mark in regex for mark in ("(?=", "(?!", "(?<=", "(?<!", "\\1", "\\2", "(?P=", "(?>"))


def _check_response(
    document: Document,
    steps: Steps,
    response: Any,
    templates: Mapping[str, Document],
    variables: Collection[str],
    groups: Collection[str],
    uses: dict[str, set[str]],
) -> None:
    if isinstance(response, str):
        check_text(document, steps, response, variables, groups)
    elif response["type"] == "text":
        check_text(document, (*steps, "message"), response["message"], variables, groups)
    else:
        name = response["template"]
        if name in templates:
            uses.setdefault(name, set()).update(groups)
        else:
            at = document.locate((*steps, "template"))
            document.report("WB202", f"there is no template `{name}` in templates/", _guess(name, templates), at=at)


def _guess(word: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    listed = ", ".join(sorted(known)[:12]) or "none"
    return f"did you mean `{close[0]}`?" if close else f"there are: {listed}"


def _place(document: Document, steps: Steps, problem: Problem) -> Location:
    """Where in the YAML a problem of a text stands. A literal block keeps its lines; anything else is searched for the
    word, since folding and quoting move it."""
    node = document.node(steps)
    if not isinstance(node, ScalarNode):
        return document.locate(steps)
    lines = source_lines(document.text)
    start = node.start_mark.line
    if node.style == "|":
        candidates: Iterator[int] = iter((start + _leading(node, lines) + problem.line,))
    else:
        candidates = iter(range(start, min(node.end_mark.line + 1, len(lines))))
    for number in candidates:
        if number < len(lines) and problem.word:
            from_column = node.start_mark.column if number == start else 0
            column, end = column_of(lines[number][from_column:], problem.word)
            if lines[number][from_column:][column - 1 : end - 1] == problem.word:
                return Location(document.path, number + 1, from_column + column, from_column + end)
    return document.location(node)


def _leading(node: ScalarNode, lines: list[str]) -> int:
    """Blank lines at the top of a block are lines of the text, unless the text was stripped of them before."""
    count = 0
    while node.start_mark.line + 1 + count < len(lines) and not lines[node.start_mark.line + 1 + count].strip():
        count += 1
    return count if not node.value.startswith("\n") else 0
