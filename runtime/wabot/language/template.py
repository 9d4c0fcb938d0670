"""The texts of replies: Jinja2 in a sandbox, checked when they are read, bounded when they run.

A text without `{{` or `{%` bypasses Jinja2 altogether, one that only fills in values nearly always
(`wabot.language.simple_text`), and Jinja2 is imported only when a text needs it.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from wabot.language.sandbox import Budget, budget, environment
from wabot.language.simple_text import NAMES, Beyond, SimpleText, read_simple
from wabot.model.errors import RenderError
from wabot.model.value import value

if TYPE_CHECKING:
    import jinja2
    from jinja2 import nodes

MAX_OUTPUT: Final = 65_536
"""Characters: the longest text that WhatsApp takes."""
_MARKUP: Final = ("{{", "{%", "{#")


@value
class Problem:
    """What is wrong in a text, in its own `line` (from 1); `word` is what to underline, "" for the whole line."""

    code: str
    line: int
    word: str
    message: str
    hint: str = ""


class Template:
    """A reply's text, ready to be rendered any number of times.

    It is compiled once, when first rendered: `problems` has parsed it before, so that compiling cannot fail.
    """

    __slots__ = ("_compiled", "plain", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.plain = not any(mark in source for mark in _MARKUP)
        self._compiled: jinja2.Template | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Template({self.source!r})"

    def render(self, values: Mapping[str, Any]) -> str:
        """The text for `values`.

        Raises:
            RenderError: it names something undefined, fails, runs too long, or becomes longer than `MAX_OUTPUT`.
        """
        if self.plain:
            return self.source
        simple = read_simple(self.source)
        if simple is not None:
            with suppress(Beyond):
                text = simple.render(values)
                if len(text) <= MAX_OUTPUT:
                    return text.strip()
        return _bounded(self._made, values)

    def _made(self) -> "jinja2.Template":
        if self._compiled is None:
            self._compiled = environment().from_string(self.source)
        return self._compiled


def _bounded(made: Callable[[], "jinja2.Template"], values: Mapping[str, Any]) -> str:
    # `sys.settrace` is per thread and sees only frames begun after it was set.
    left = Budget()

    def count(frame: FrameType, event: str, _arg: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != "<template>":
            return None
        if event == "line":
            left.spend(1)
        return count

    before = sys.gettrace()
    parts: list[str] = []
    length = 0
    token = budget.set(left)
    try:
        template = made()
        sys.settrace(count)
        for part in template.generate(values):
            length += len(part)
            if length > MAX_OUTPUT:
                raise RenderError(f"the text becomes longer than the {MAX_OUTPUT:,} characters that WhatsApp takes")
            parts.append(part)
    except RenderError:
        raise
    except Exception as error:  # whatever a template can raise is that rule's failure, never the session's
        raise RenderError(f"the text cannot be made: {error or type(error).__name__}") from error
    finally:
        sys.settrace(before)
        budget.reset(token)
    return "".join(parts).strip()


def problems(source: str, *, variables: Collection[str] | None, groups: Collection[str]) -> list[Problem]:
    """What is wrong in a text, by its syntax tree: it is not rendered. `variables` are the tenant's `vars` (None:
    nobody knows them, so any may be right), `groups` the named groups of the rule's regexes."""
    if not any(mark in source for mark in _MARKUP):
        return []
    known: Mapping[str, Collection[str] | None] = {**NAMES, "vars": variables, "match": groups}
    simple = read_simple(source)
    if simple is not None and _all_known(simple, known):
        return []
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        return [
            Problem(
                "WB204",
                error.lineno or 1,
                "",
                f"the text is not a template: {error.message}",
                "check {{ … }} and {% … %}",
            )
        ]
    except RecursionError:
        return [Problem("WB204", 1, "", "the text is no template: it is nested too deep", "write it in fewer levels")]
    found = list(_forbidden(tree)) + list(_filters(tree))
    guarded = set(map(id, _guarded(tree)))
    declared = _declared(tree)
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known and node.name not in declared and id(node) not in guarded:
            found.append(_unknown(node.lineno, node.name, node.name, "variable", NAMES))
    for attribute in tree.find_all(nodes.Getattr):
        base = attribute.node
        if isinstance(base, nodes.Name) and base.name not in declared and id(attribute) not in guarded:
            allowed = known.get(base.name)
            if allowed is not None and attribute.attr not in allowed:
                whole = f"{base.name}.{attribute.attr}"
                found.append(_unknown(attribute.lineno, whole, attribute.attr, f"`{base.name}`", allowed))
    return sorted(found, key=lambda problem: (problem.line, problem.word))


def _all_known(simple: SimpleText, known: Mapping[str, Collection[str] | None]) -> bool:
    for path in simple.paths:
        if path[0] not in known:
            return False
        allowed = known[path[0]]
        if allowed is not None and len(path) > 1 and path[1] not in allowed:
            return False
    return True


def _unknown(line: int, word: str, name: str, kind: str, known: Collection[str]) -> Problem:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    guess = f"did you mean `{close[0]}`? " if close else ""
    if kind == "variable":
        return Problem("WB203", line, word, f"unknown variable `{word}`", f"{guess}known here: {', '.join(known)}")
    listed = f"it has: {', '.join(known)}" if known else _EMPTY.get(kind, "it has none")
    return Problem("WB203", line, word, f"unknown variable `{word}`: {kind} has no `{name}`", f"{guess}{listed}")


_EMPTY: Final = {
    "`vars`": "there are no `vars` in tenant.yaml; write them there",
    "`match`": "this rule's trigger has no named groups, such as (?P<resi>...)",
}
"""What to do where a mapping that its owner fills is empty."""


def _forbidden(tree: "nodes.Template") -> Iterator[Problem]:
    from jinja2 import nodes

    for kind, word in (
        (nodes.Include, "include"),
        (nodes.Extends, "extends"),
        (nodes.Import, "import"),
        (nodes.FromImport, "from"),
    ):
        for node in tree.find_all(kind):
            yield Problem(
                "WB204", node.lineno, word, f"`{{% {word} %}}` is not allowed in a reply", "write the text itself"
            )


def _filters(tree: "nodes.Template") -> Iterator[Problem]:
    from jinja2 import nodes

    for node in tree.find_all(nodes.Filter):
        if node.name not in environment().filters:
            yield Problem(
                "WB212",
                node.lineno,
                node.name,
                f"unknown filter `{node.name}`",
                f"known: {', '.join(sorted(environment().filters))}",
            )
    for test in tree.find_all(nodes.Test):
        if test.name not in environment().tests:
            yield Problem("WB212", test.lineno, test.name, f"unknown test `{test.name}`")


def _guarded(tree: "nodes.Template") -> Iterator["nodes.Node"]:
    """Names that may be undefined, because the text asks first (`is defined`) or gives a default."""
    from jinja2 import nodes

    for test in tree.find_all(nodes.Test):
        if test.name in ("defined", "undefined"):
            yield test.node
    for node in tree.find_all(nodes.Filter):
        if node.name in ("default", "d") and node.node is not None:
            yield node.node


def _declared(tree: "nodes.Template") -> set[str]:
    from jinja2 import nodes

    return {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")} | {
        "loop",
        "range",
        *(macro.name for macro in tree.find_all(nodes.Macro)),
    }


def column_of(line: str, word: str) -> tuple[int, int]:
    """Where `word` stands in a source line: column and end column, from 1; the line's text when it does not."""
    found = re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", line) if word else None
    if found:
        return found.start() + 1, found.end() + 1
    indent = len(line) - len(line.lstrip())
    return indent + 1, max(len(line.rstrip()), indent + 1) + 1
