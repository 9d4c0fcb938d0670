"""Values behave as frozen data classes do."""

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import pytest

from wabot.model.value import value


@value
class Point:
    """A place."""

    kind: ClassVar[str] = "point"
    x: int
    y: int = 0
    named: Mapping[str, int] = MappingProxyType({})

    @property
    def far(self) -> bool:
        return self.x + self.y > 100


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    x: int
    y: int = 0
    named: Mapping[str, int] = dataclasses.field(default_factory=dict)


@value
class Single:
    """One field."""

    x: int


@value
class Nothing:
    """None at all."""


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, {"a": 1}), {}),
    ((), {"x": 1}),
    ((), {"y": 2, "x": 1}),
    ((1,), {"named": {"a": 1}}),
    ((), {}),
    ((), {"y": 1}),
    ((1, 2, {}, 4), {}),
    ((1,), {"x": 1}),
    ((1, 2, {}), {"y": 1}),
    ((1,), {"z": 1}),
]


@pytest.mark.parametrize(("given", "named"), CALLS)
def test_they_are_made_of_the_same_arguments_as_data_classes(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    try:
        plain = Plain(*given, **named)
    except TypeError:
        with pytest.raises(TypeError):
            Point(*given, **named)
        return
    made = Point(*given, **named)
    assert (made.x, made.y, made.named) == (plain.x, plain.y, plain.named)
    assert repr(made).replace("mappingproxy({})", "{}") == repr(plain).replace("Plain", "Point")


def test_equal_values_are_equal_and_hash_alike_others_are_not() -> None:
    assert Single(1) == Single(1) != Single(2)
    assert hash(Single(1)) == hash(Single(1))
    assert Nothing() == Nothing()
    assert len({Single(1), Single(1), Nothing(), Nothing()}) == 2
    others: list[object] = [Plain(1), (1,), Single(1)]
    assert Point(1) not in others
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(2, 1)


def test_they_never_change() -> None:
    point = Point(1)
    for name in ("x", "unheard_of", "kind"):
        with pytest.raises(AttributeError, match="never changes"):
            setattr(point, name, 2)
    with pytest.raises(AttributeError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_the_rest_of_a_class_stays() -> None:
    assert Point.kind == Point(1).kind == "point"
    assert Point.__doc__ == "A place."
    assert Point(100, 1).far


def test_data_classes_tools_work_on_them() -> None:
    point = Point(1, 2)
    assert [dataclasses.is_dataclass(kind) for kind in (Point, Nothing)] == [True, True]
    assert dataclasses.replace(point, y=3) == Point(1, 3)
    assert [field.name for field in dataclasses.fields(point)] == ["x", "y", "named"]
    single: Any = Single(1)
    assert dataclasses.asdict(single) == {"x": 1}


def test_they_can_be_copied_sent_and_matched() -> None:
    assert copy.deepcopy(Single(1)) == copy.copy(Single(1)) == Single(1)
    assert pickle.loads(pickle.dumps(Single(1))) == Single(1)
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
