"""Immutable values with fields, as `@dataclass(frozen=True, slots=True)` makes them, for what every command imports.

A data class writes its methods as source and compiles them at each import: half a millisecond a class, which for the
forty classes between a rule and its decision is half the time that `wabot test "jam buka?"` may take. Here the classes
share their methods. Type checkers, `dataclasses.replace`, `fields` and `asdict` take them for data classes.
"""

from collections.abc import Mapping
from functools import cache, partial
from itertools import repeat
from operator import attrgetter
from typing import Any, Final, TypeVar, dataclass_transform

_Kind = TypeVar("_Kind", bound=type)
_One = TypeVar("_One")
_set: Final = object.__setattr__


@dataclass_transform(frozen_default=True)
def value(kind: _Kind) -> _Kind:
    """Make a class of annotated names, with or without defaults, immutable values with these fields. Defaults are
    shared, so they must be immutable, too. A class inherits no fields."""
    names = tuple(name for name, meant in kind.__annotations__.items() if not _of_class(meant))
    space = {name: item for name, item in kind.__dict__.items() if name not in ("__dict__", "__weakref__")}
    defaults = {name: space.pop(name) for name in names if name in space}
    space |= {"__slots__": names, "__match_args__": names, "_defaults": defaults, "_parts": _parts(names)}
    space |= {name: method for name, method in _METHODS.items() if name not in space}
    return type(kind)(kind.__name__, kind.__bases__, space)


def plain(one: Any) -> dict[str, Any]:
    """The fields of a value that holds no other values, by name: `asdict` for what is written down all the time."""
    return dict(zip(one.__slots__, one._parts(one), strict=True))


def changed(one: _One, **news: Any) -> _One:
    """As `dataclasses.replace`, in a quarter of the time: for what happens with every message."""
    items: dict[str, Any] = {**plain(one), **news}
    return type(one)(*items.values())


def _of_class(meant: Any) -> bool:
    return str(meant).startswith(("typing.ClassVar", "ClassVar"))


def _parts(names: tuple[str, ...]) -> Any:
    """What reads all fields at once, as a tuple."""
    if len(names) > 1:
        return staticmethod(attrgetter(*names))
    return staticmethod(lambda one: tuple(getattr(one, name) for name in names))


def _init(self: Any, *given: Any, **named: Any) -> None:
    names = self.__slots__
    any(map(_set, repeat(self), names, given))  # a loop in C: _set answers None, so that it goes on to the end
    if len(given) == len(names) and not named:
        return
    rest = names[len(given) :]
    items = {**self._defaults, **named} if named else self._defaults
    for name in rest:
        if name not in items:
            raise TypeError(f"{type(self).__name__}() misses `{name}`")
        _set(self, name, items[name])
    if (named and not named.keys() <= set(rest)) or len(given) > len(names):
        surplus = ", ".join(sorted(named.keys() - set(rest))) or f"more than {len(names)} values"
        raise TypeError(f"{type(self).__name__}() does not take {surplus}")


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={item!r}" for name, item in zip(self.__slots__, self._parts(self), strict=True))
    return f"{type(self).__qualname__}({told})"


def _eq(self: Any, other: Any) -> Any:
    return self._parts(self) == self._parts(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(self._parts(self))


def _refuse(self: Any, name: str, _item: object = None) -> None:
    raise AttributeError(f"a {type(self).__name__} never changes: its `{name}` stays")


def _reduce(self: Any) -> Any:
    return type(self), self._parts(self)


class _Fields:
    """The fields as data classes know them, made when somebody asks."""

    def __get__(self, _one: object, kind: Any) -> Mapping[str, Any]:
        return _fields(kind)


@cache
def _fields(kind: Any) -> Mapping[str, Any]:
    from dataclasses import field, fields, make_dataclass

    made: list[tuple[str, Any, Any]] = []
    for name in kind.__slots__:
        # A factory, because data classes take some immutable values for mutable ones.
        default = field(default_factory=partial(kind._defaults.get, name)) if name in kind._defaults else field()
        made.append((name, kind.__annotations__[name], default))
    return {one.name: one for one in fields(make_dataclass(kind.__name__, made, kw_only=True))}


_METHODS: Final = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
    "__dataclass_fields__": _Fields(),
}
