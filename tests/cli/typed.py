"""`wabot …` as a user types it, in this process."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wabot.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Typed:
    """Runs commands; `capsys` and `monkeypatch` are pytest's."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *words: object) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["wabot", *map(str, words)])
        self._capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)


class Orders:
    """Orders over one data folder, as they are typed."""

    def __init__(self, wabot: Typed, data: Path) -> None:
        self._wabot, self._data = wabot, data

    def __call__(self, *words: object) -> Said:
        return self._wabot(*words, "--data", self._data)

    def told(self, *words: object) -> dict[str, Any]:
        said = self(*words, "--format", "json")
        assert said.code == 0, said.err
        data: dict[str, Any] = said.data
        return data
