"""A tenant whose rules the API may write, without the API: what its processes do is done here."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.session.stage import START
from tests.tenants import SOUND, write_tenant
from wabot.api.problems import Problem
from wabot.api.workshop.catalogue import catalogue
from wabot.api.workshop.changing import change
from wabot.api.workshop.shelf import Place, Shelf

MANAGED = {"tenant.yaml": SOUND["tenant.yaml"] + "managed: true\nteams: [cs]\n", "templates/tutup.j2": "Tutup kak.\n"}
KEYWORD: Mapping[str, Any] = {
    "name": "Harga",
    "triggerType": "keyword",
    "keywords": ["harga"],
    "responseType": "text",
    "responseMessage": "Rp 5.000",
}


class Managed:
    """A tenant whose rules the API may write."""

    def __init__(self, place: Path, files: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = write_tenant(place / "rules" / "warung", {**MANAGED, **files})
        self.data = place / "data" / "warung"
        self.file = self.folder / "rules" / "managed.yaml"

    def order(self, act: str, id: str | None, told: Mapping[str, Any], kind: str = "rule") -> Any:
        order = {"kind": kind, "act": act, "id": id, "told": told, "now": START}
        return change(self.folder, self.data, order)

    def create(self, told: Mapping[str, Any] = KEYWORD, id: str | None = None) -> Any:
        return self.order("create", id, told)["entry"]

    def told(self) -> dict[str, Any]:
        found = catalogue(Shelf().current(Place(self.folder, self.data / "none")))
        return {rule["id"]: rule for rule in found["rules"]}

    def refused(self, act: str, id: str | None, told: Mapping[str, Any] = KEYWORD) -> Problem:
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        with pytest.raises(Problem) as refused:
            self.order(act, id, told)
        assert {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()} == before
        return refused.value
