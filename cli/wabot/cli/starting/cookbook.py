"""The recipes of the cookbook, and the files that each brings to a tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from wabot.language.document import read_document
from wabot.language.resources import cookbook
from wabot.model.errors import UsageError

FRAGMENTS: Final = ("tenant.yaml", "hours.yaml", "quick-replies.yaml")
"""Files of a recipe that are no files of their own in the tenant, but additions to the one of that name."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One folder of the cookbook."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def title(self) -> str:
        """The heading of its README."""
        return (self.folder / "README.md").read_text("utf-8").partition("\n")[0].removeprefix("# ")

    def rule_ids(self) -> tuple[str, ...]:
        """The rules that it brings."""
        return tuple(rule["id"] for rule in read_document(self.folder / "rules.yaml").data["rules"])

    def files(self) -> dict[str, bytes]:
        """What it brings, by the path in the tenant's folder; what rules refer to comes before them."""
        found = {
            f"{place}/{path.name}": path.read_bytes()
            for place in ("templates", "media")
            for path in sorted((self.folder / place).glob("*"))
        }
        found[f"rules/{self.name}.yaml"] = (self.folder / "rules.yaml").read_bytes()
        found[f"tests/{self.name}.yaml"] = (self.folder / "tests.yaml").read_bytes()
        return found

    def fragments(self) -> dict[str, str]:
        """What has to be added to files that every tenant has one of: the lines under `version: 1`, by file name."""
        paths = [self.folder / name for name in FRAGMENTS]
        return {
            path.name: path.read_text("utf-8").partition("version: 1\n")[2].strip("\n") + "\n"
            for path in paths
            if path.is_file()
        }


def all_recipes() -> tuple[Recipe, ...]:
    """Every recipe, by name."""
    return tuple(Recipe(path.parent) for path in sorted(cookbook().glob("*/rules.yaml")))


def recipes(names: Sequence[str]) -> tuple[Recipe, ...]:
    """The recipes of these names, each once.

    Raises:
        UsageError: there is none of that name, or two of them have a rule of the same id.
    """
    known = {recipe.name: recipe for recipe in all_recipes()}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "`wabot init --list-recipes` shows all"
            raise UsageError(f"there is no recipe `{name}`; {hint}")
    chosen = tuple(known[name] for name in dict.fromkeys(names))
    brought: dict[str, str] = {}
    for recipe in chosen:
        for rule in recipe.rule_ids():
            other = brought.setdefault(rule, recipe.name)
            if other != recipe.name:
                raise UsageError(f"the recipes {other} and {recipe.name} both bring a rule `{rule}`: choose one")
    return chosen
