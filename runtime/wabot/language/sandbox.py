"""The sandbox that every text runs in: what it may call, and how much it may do.

A text may come from anybody who can write a tenant's files, and runs inside the session that answers customers. So it
is bounded in steps (lines of compiled template, and as many more as an operation on something large is worth), and
nothing that it makes on the way may become large: not by doubling, not by padding, not by lists within lists. A step
budget, not a timer: the same text fails or passes on a fast machine and on a slow one, and no thread is left behind.
"""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, Final

from wabot.language.formats import FILTERS
from wabot.model.errors import RenderError

if TYPE_CHECKING:
    import jinja2

MAX_STEPS: Final = 20_000
"""Steps that one rendering may take: a loop over some hundred entries stays far below."""
MAX_TEXT: Final = 262_144
"""Characters of anything that a text makes on the way: four times the longest message."""
MAX_ENTRIES: Final = 1_000
"""Entries of a list that a text makes, those of the lists in it included."""

_WORTH: Final = 256
"""An operation on so many characters or entries is one step more."""
_BUILT_IN_FILTERS: Final = (
    "abs", "capitalize", "count", "default", "d", "e", "first", "float", "int", "join", "last", "length", "list",
    "lower", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "map", "sort",
    "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
_FORBIDDEN: Final = frozenset(
    ("ljust", "rjust", "center", "zfill", "expandtabs", "format", "format_map", "translate", "encode", "to_bytes")
)
"""Methods that make a text as long as they are told to, or no text."""


class Budget:
    """What one rendering has left."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = MAX_STEPS

    def spend(self, steps: int) -> None:
        """
        Raises:
            RenderError: nothing is left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise RenderError(f"the text takes more than {MAX_STEPS:,} steps to make: is a loop in it endless?")


budget: Final[ContextVar[Budget | None]] = ContextVar("budget", default=None)
"""What the present rendering has left; None where somebody else counts."""


def _spend(*values: Any) -> None:
    """One step, and what the size of these values is worth."""
    large = sum(len(value) for value in values if isinstance(value, str | bytes | list | tuple | dict))
    _pay(1 + large // _WORTH)


def _pay(steps: int) -> None:
    left = budget.get()
    if left is not None:
        left.spend(steps)


def _entries(value: Any, most: int = MAX_ENTRIES) -> int:
    """How many things a value holds, in whatever depth; more than `most` are not counted further."""
    if not isinstance(value, list | tuple | dict):
        return 1
    count = 0
    for entry in value.values() if isinstance(value, dict) else value:
        count += _entries(entry, most - count)
        if count > most:
            break
    return max(count, 1)


def _checked(value: Any) -> Any:
    """The value, unless it is too large to go on with."""
    if isinstance(value, str | bytes):
        if len(value) > MAX_TEXT:
            raise RenderError(f"a part of the text becomes longer than {MAX_TEXT:,} characters")
    elif isinstance(value, list | tuple | dict) and _entries(value) > MAX_ENTRIES:
        raise RenderError(f"a list in the text gets more than {MAX_ENTRIES:,} entries")
    return value


def _replaced(text: Any, old: Any, new: Any, *_count: Any) -> None:
    """Refuse a replacement before it is made: two short texts are enough for gigabytes."""
    text, old, new = str(text), str(old), str(new)
    if len(text) + text.count(old) * max(0, len(new) - len(old)) > MAX_TEXT:
        raise RenderError(f"a part of the text becomes longer than {MAX_TEXT:,} characters")


def _joined(parts: Iterable[Any], between: str = "") -> list[str]:
    """The parts as texts, unless they would become too long together."""
    texts: list[str] = []
    length = 0
    for part in parts:
        texts.append(str(_checked(part)))
        length += len(texts[-1]) + len(between)
        _pay(1 + len(texts[-1]) // _WORTH)
        if length > MAX_TEXT:
            raise RenderError(f"a part of the text becomes longer than {MAX_TEXT:,} characters")
    return texts


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > MAX_ENTRIES:
        raise RenderError(f"a list in the text gets more than {MAX_ENTRIES:,} entries")
    return made


def _bounded(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or a test that pays for what it does, and makes nothing large."""
    skipped = 1 if hasattr(work, "jinja_pass_arg") else 0  # Jinja's own argument, before those of the text

    @wraps(work)  # which also keeps what Jinja wants to be passed
    def paid(*arguments: Any, **named: Any) -> Any:
        own, given = arguments[:skipped], list(arguments[skipped:])
        _spend(*given, *named.values())
        if name == "replace":
            _replaced(*given[:1], *_two(given[1:], named))
        elif name == "join" and "attribute" not in named and len(given) < 3:
            given[0] = _joined(given[0], str(given[1] if len(given) > 1 else named.get("d", "")))
        elif name in ("string", "e"):
            _checked(given[0])
        return _checked(work(*own, *given, **named))

    return paid


def _two(given: list[Any], named: Mapping[str, Any]) -> tuple[Any, Any]:
    old = given[0] if given else named.get("old", "")
    return old, given[1] if len(given) > 1 else named.get("new", "")


@cache
def environment() -> "jinja2.Environment":
    """The sandbox, with Jinja2 imported when the first text needs it."""
    from jinja2 import StrictUndefined, nodes, pass_context
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from jinja2.visitor import NodeTransformer

    class Weighing(NodeTransformer):
        """`a ~ b` and `[a, b]` call no function that could be watched: here they do."""

        def _calling(self, name: str, node: nodes.Expr, argument: nodes.Expr) -> nodes.Expr:
            function = nodes.EnvironmentAttribute(name, lineno=node.lineno)
            return nodes.Call(function, [argument], [], None, None, lineno=node.lineno)

        def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
            parts = [self.visit(part) for part in node.nodes]
            return self._calling("concatenated", node, nodes.List(parts, lineno=node.lineno))

        def visit_List(self, node: nodes.List) -> nodes.Expr:
            self.generic_visit(node)
            return self._calling("checked", node, node)

        def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:
            self.generic_visit(node)
            return self._calling("checked", node, node)

        def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
            self.generic_visit(node)
            return self._calling("checked", node, node) if node.ctx == "load" else node

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "*", "**", "%"})
        # What a block, a macro or a call collects.
        concat = staticmethod(lambda parts: "".join(_joined(parts)))
        concatenated = staticmethod(lambda parts: "".join(_joined(parts)))
        checked = staticmethod(_checked)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return attr not in _FORBIDDEN and bool(super().is_safe_attribute(obj, attr, value))

        def wrap_str_format(self, value: Any) -> None:
            """Jinja would offer `format` of its own, which pads as well."""

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            _spend(left, right)
            numbers = isinstance(left, int | float) and isinstance(right, int | float)
            huge = any(isinstance(side, int) and abs(side) > 10**15 for side in (left, right))
            if operator != "+" and (not numbers or operator == "**" or huge):
                raise SecurityError(f"`{operator}` works on ordinary numbers only")
            return _checked(super().call_binop(context, operator, left, right))

        def call(self, context: Any, obj: Any, /, *arguments: Any, **named: Any) -> Any:
            given = [*arguments]
            text = getattr(obj, "__self__", None)
            if isinstance(text, str):
                _spend(text, *given)
                if obj.__name__ == "replace":
                    _replaced(text, *given)
                elif obj.__name__ == "join":
                    given = [_joined(given[0], text)]
            return _checked(super().call(context, obj, *given, **named))

        def _generate(self, source: nodes.Template, *more: Any, **named: Any) -> Any:
            return super()._generate(Weighing().visit(source), *more, **named)

    @pass_context  # with a context, so that nothing is worked out while the text is compiled
    def finalize(_context: Any, value: Any) -> Any:
        _spend(value)
        return _checked(value)

    made = Sandbox(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,
        finalize=finalize,
    )
    offered: dict[str, Any] = {name: made.filters[name] for name in _BUILT_IN_FILTERS} | dict(FILTERS)
    made.filters = {name: _bounded(name, work) for name, work in offered.items()}
    tests: dict[str, Any] = dict(made.tests)
    made.tests = {name: _bounded(name, work) for name, work in tests.items()}
    made.globals = {"range": _range}
    return made
