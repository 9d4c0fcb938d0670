"""Every recipe of docs/cookbook: sound in a tenant that has nothing else, and beside the rules of a new one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wabot.cli.starting.cookbook import Recipe, all_recipes
from wabot.cli.starting.given import Language, shop
from wabot.cli.starting.repository import tenant_files, with_schema_lines
from wabot.cli.starting.writing import write
from wabot.engine.load import load_tenant
from wabot.engine.rehearsal import play
from wabot.language.conversation import read_conversations
from wabot.language.document import read_document
from wabot.language.resources import cookbook
from wabot.language.tenant import Loaded
from wabot.lint.run import lint

NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
RECIPES = all_recipes()
STARTER = ("rules.yaml", "templates/tutup.j2", "tests/")


def in_a_tenant(place: Path, *recipes: Recipe, starter: bool) -> Loaded:
    """A tenant of `wabot init` with recipes; without the `starter`, its only rules are theirs."""
    made = shop("toko-uji", "Toko Uji", None, "Asia/Jakarta", Language.id)
    brought = {name for recipe in recipes for name in recipe.files()}
    files = {
        f"rules/toko-uji/{name}": data
        for name, data in tenant_files(made, recipes).items()
        if starter or name in brought or not name.startswith(STARTER)
    }
    write(place, with_schema_lines(files), whole="rules/toko-uji")
    return load_tenant(place / "rules" / "toko-uji")


def found_in(loaded: Loaded) -> list[str]:
    return [f"{item.location.path.name}:{item.location.line}: {item.message} [{item.code}]"
            for item in (*loaded.diagnostics, *lint(loaded, NOW))]  # fmt: skip


def missed_in(loaded: Loaded) -> Iterator[str]:
    assert loaded.rule_set is not None
    for document in loaded.tests:
        for conversation in read_conversations(document):
            for miss in play(loaded.rule_set, conversation):
                yield f"{conversation.name}: “{miss.said}” wanted {miss.wanted}; got {miss.got}"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
class TestEachRecipe:
    def test_alone_has_no_findings_and_its_conversations_go_as_they_should(
        self, recipe: Recipe, tmp_path: Path
    ) -> None:
        loaded = in_a_tenant(tmp_path, recipe, starter=False)
        assert not found_in(loaded)
        assert not list(missed_in(loaded))

    def test_beside_the_rules_of_a_new_tenant_has_none_either(self, recipe: Recipe, tmp_path: Path) -> None:
        loaded = in_a_tenant(tmp_path, recipe, starter=True)
        assert not found_in(loaded)
        assert not list(missed_in(loaded))

    def test_expects_each_of_its_rules_in_a_conversation(self, recipe: Recipe) -> None:
        document = read_document(recipe.folder / "tests.yaml")
        expected = {
            rule
            for test in document.data["tests"]
            for step in test["steps"]
            for expect in [step.get("expect", {})]
            for rule in (expect.get("rule"), *expect.get("rules", ()))
        }
        assert set(recipe.rule_ids()) <= expected

    def test_says_what_it_is_for_in_a_heading_and_one_paragraph(self, recipe: Recipe) -> None:
        heading, *paragraphs = (recipe.folder / "README.md").read_text("utf-8").strip().split("\n\n")
        assert re.fullmatch(r"# [A-Z].*[^.]", heading)
        assert len(paragraphs) == 1

    def test_brings_files_whose_names_no_other_recipe_uses(self, recipe: Recipe) -> None:
        others = {name for other in RECIPES if other != recipe for name in other.files()}
        assert not others & set(recipe.files())

    def test_has_schemas_that_the_editor_finds_in_this_checkout(self, recipe: Recipe) -> None:
        for path in recipe.folder.glob("*.yaml"):
            line = path.read_text("utf-8").partition("\n")[0]
            assert (recipe.folder / line.removeprefix("# yaml-language-server: $schema=")).is_file(), path


def test_the_index_lists_every_recipe_with_its_heading() -> None:
    index = (cookbook() / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[([a-z-]+)\]\(([a-z-]+)/README\.md\) \| (.+) \|$", index, re.MULTILINE)
    assert listed == [(recipe.name, recipe.name, recipe.title) for recipe in RECIPES]


def test_every_folder_is_a_recipe() -> None:
    assert len(RECIPES) >= 30
    assert {path.name for path in cookbook().iterdir() if path.is_dir()} == {recipe.name for recipe in RECIPES}
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", recipe.name) for recipe in RECIPES)


def test_all_recipes_answer_side_by_side(tmp_path: Path) -> None:
    # A menu of everything and a greeting of everybody exclude each other.
    chosen = [recipe for recipe in RECIPES if recipe.name != "menu-utama"]
    loaded = in_a_tenant(tmp_path, *chosen, starter=True)
    assert not found_in(loaded)
    assert not list(missed_in(loaded))
