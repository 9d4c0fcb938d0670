"""The files of a new tenant, and of the repository around it."""

import json
import os.path
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from wabot.cli.starting.additions import added
from wabot.cli.starting.cookbook import Recipe
from wabot.cli.starting.given import NO_PHONE, Language, Shop
from wabot.language.resources import schemas

_FILES: Final = Path(__file__).parents[1] / "init_files"
_SCHEMA_LINE: Final = re.compile(rb"(# yaml-language-server: \$schema=)\S*/([a-z-]+\.schema\.json)")
_ENGLISH: Final = {
    "sambutan": "welcome",
    "jam-buka": "opening-hours",
    "tutup": "closed",
    "tidak-paham": "not-understood",
}
"""The starter's rules in Indonesian and in English: a recipe that brings one takes the place of both."""


def tenant_files(shop: Shop, recipes: Collection[Recipe]) -> dict[str, bytes]:
    """A new tenant's files by their paths in its folder, with the recipes in it."""
    texts = {**_texts(_FILES / "tenant"), **_texts(_FILES / shop.language)}
    for rule in {rule for recipe in recipes for rule in recipe.rule_ids()}:
        texts = _without(texts, _ENGLISH.get(rule, rule) if shop.language is Language.en else rule)
    for recipe in recipes:
        for name, fragment in recipe.fragments().items():
            texts[name] = added(texts[name], fragment)
    files = {name: _filled(text, shop).encode() for name, text in texts.items()}
    for recipe in recipes:
        files |= recipe.files()
    return files


def repository_files(shop: Shop) -> dict[str, bytes]:
    """What stands beside rules/: editor settings, a workflow for CI, and a page for people."""
    texts = _texts(_FILES / "repository")
    return {name.replace("dot_", "."): _filled(text, shop).encode() for name, text in texts.items()}


def schema_files() -> dict[str, bytes]:
    """The schemas, where the editor finds them offline."""
    return {f".wabot/schemas/{path.name}": path.read_bytes() for path in sorted(schemas().glob("*.schema.json"))}


def with_schema_lines(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """`files` (by their paths in the repository) with `$schema=` lines that lead to the repository's schemas."""

    def led(name: str, data: bytes) -> bytes:
        up = os.path.relpath(".wabot/schemas", str(Path(name).parent)).encode()
        return _SCHEMA_LINE.sub(lambda found: found[1] + up + b"/" + found[2], data)

    return {name: led(name, data) if name.endswith(".yaml") else data for name, data in files.items()}


def _texts(folder: Path) -> dict[str, str]:
    paths: Iterable[Path] = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def _without(texts: Mapping[str, str], rule: str) -> dict[str, str]:
    """The starter without one of its rules, that rule's template and its tests."""
    left = {name: text for name, text in texts.items() if name not in (f"templates/{rule}.j2", f"tests/{rule}.yaml")}
    head, *rules = re.split(r"^(?=  - id: )", left.pop("rules.yaml", ""), flags=re.MULTILINE)
    rules = [text for text in rules if not text.startswith(f"  - id: {rule}\n")]
    if rules:
        left["rules.yaml"] = "".join((head, *rules)).rstrip("\n") + "\n"
    return left


def _filled(text: str, shop: Shop) -> str:
    values = {
        "tenant": shop.id,
        "name": shop.name,
        "quoted_name": json.dumps(shop.name, ensure_ascii=False),
        "phone": shop.phone,
        "phone_comment": "                 # write the shop's WhatsApp number here" if shop.phone == NO_PHONE else "",
        "timezone": shop.timezone,
        "language": shop.language.value,
    }
    return re.sub(r"@(\w+)@", lambda found: values.get(found[1], found[0]), text)
