"""How many examples hypothesis thinks of."""

import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest
from hypothesis import settings

_THOROUGH: Final = bool(os.environ.get("WABOT_TEST_THOROUGH"))
_FEW: Final = 15
_F = TypeVar("_F", bound=Callable[..., None])


def examples(most: int, **more: Any) -> Callable[[_F], _F]:
    """So many under `make test-slow`, a quarter of them else, though not fewer than 15: every run thinks of others, and
    all that these tests can think of would take a tenth of the time of the whole."""
    many = most if _THOROUGH else min(most, max(_FEW, most // 4))

    def of(test: _F) -> _F:
        marked: _F = pytest.mark.thorough(settings(max_examples=many, **more)(test))
        return marked

    return of
