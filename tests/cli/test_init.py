"""`wabot init`: a tenant to begin with, recipes, and nothing overwritten or left half."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from tests.cli.typed import Typed
from wabot.cli.starting import writing
from wabot.cli.starting.additions import added
from wabot.cli.starting.given import slug
from wabot.language.resources import schemas


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the shell stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("options", [
    (),
    ("--language", "en"),
    ("--name", 'Toko "Bu" Ani: Kue & Roti', "--phone", "6281234567890", "--timezone", "Asia/Makassar"),
    ("--recipe", "ongkir", "--recipe", "libur-lebaran", "--recipe", "pemasok", "--recipe", "menu-gambar"),
    ("--language", "en", "--recipe", "ongkir", "--recipe", "sapaan"),
], ids=lambda options: " ".join(options) or "plain")  # fmt: skip
def test_what_is_written_is_valid_and_its_conversations_go_as_they_should(
    wabot: Typed, here: Path, options: tuple[str, ...]
) -> None:
    said = wabot("init", "warung-sari", *options)
    assert (said.code, said.err) == (0, "")
    validated = wabot("validate", "warung-sari/rules")
    assert (validated.code, "nothing to complain about" in validated.out) == (0, True), validated.out
    played = wabot("test", "warung-sari/rules")
    assert (played.code, "all as expected" in played.out) == (0, True), played.out


def test_it_says_what_it_wrote_and_what_comes_next(wabot: Typed, here: Path) -> None:
    said = wabot("init", "warung-sari", "--phone", "6281234567890")
    assert (
        said.out
        == """\
Written in warung-sari:
  .editorconfig
  .github/workflows/wabot.yml
  .gitignore
  .vscode/extensions.json
  .vscode/settings.json
  README.md
  rules/warung-sari/hours.yaml
  rules/warung-sari/quick-replies.yaml
  rules/warung-sari/rules.yaml
  rules/warung-sari/templates/tutup.j2
  rules/warung-sari/tenant.yaml
  rules/warung-sari/tests/jam-buka.yaml
  rules/warung-sari/tests/sambutan.yaml
  rules/warung-sari/tests/tidak-paham.yaml
  rules/warung-sari/tests/tutup.yaml
  .wabot/schemas/ (6 files, for the editor)

Next:
  cd warung-sari
  wabot validate
  wabot test
  wabot chat --tenant warung-sari
"""
    )
    listed = [line.strip() for line in said.out.splitlines() if line.startswith("  ") and "/schemas/" not in line]
    assert set(listed[:15]) == {name for name in tree(here / "warung-sari") if not name.startswith(".wabot/")}


def test_the_tenant_is_who_the_options_say(wabot: Typed, here: Path) -> None:
    wabot("init", ".", "--name", "Warung Bu Sari", "--phone", "6281234567890", "--timezone", "Asia/Jayapura")
    tenant = yaml.safe_load((here / "rules" / "warung-bu-sari" / "tenant.yaml").read_text())
    assert [tenant[key] for key in ("name", "phone", "timezone", "language")] == [
        "Warung Bu Sari", "6281234567890", "Asia/Jayapura", "id"
    ]  # fmt: skip


def test_without_a_number_it_says_where_to_write_it(wabot: Typed, here: Path) -> None:
    said = wabot("init", "warung-sari")
    assert "Write the shop's number into rules/warung-sari/tenant.yaml before `wabot run`." in said.out
    assert (
        'phone: "6281100000000"                 # write the shop'
        in (here / "warung-sari" / "rules" / "warung-sari" / "tenant.yaml").read_text()
    )


def test_every_yaml_file_names_a_schema_that_lies_in_the_repository(wabot: Typed, here: Path) -> None:
    wabot("init", "shop", "--recipe", "libur-lebaran", "--recipe", "ongkir")
    files = sorted((here / "shop" / "rules").rglob("*.yaml"))
    assert len(files) >= 10
    for path in files:
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
        assert named, path
        assert (path.parent / named[1]).resolve().parent == (here / "shop" / ".wabot" / "schemas").resolve(), path
        assert (path.parent / named[1]).is_file(), path
    for schema in schemas().glob("*.json"):
        assert (here / "shop" / ".wabot" / "schemas" / schema.name).read_bytes() == schema.read_bytes()


def test_the_editor_maps_every_file_to_its_schema(wabot: Typed, here: Path) -> None:
    wabot("init", "shop", "--recipe", "ongkir")
    settings = json.loads((here / "shop" / ".vscode" / "settings.json").read_text())
    mapped = {
        path.relative_to(here / "shop").as_posix(): schema
        for schema, patterns in settings["yaml.schemas"].items()
        for pattern in ([patterns] if isinstance(patterns, str) else patterns)
        for path in (here / "shop").glob(pattern)
    }
    assert set(mapped) == {path.relative_to(here / "shop").as_posix() for path in (here / "shop/rules").rglob("*.yaml")}
    assert all((here / "shop" / schema).is_file() for schema in mapped.values())
    assert mapped["rules/shop/rules/ongkir.yaml"] == "./.wabot/schemas/rules.schema.json"
    extensions = json.loads((here / "shop" / ".vscode" / "extensions.json").read_text())
    assert extensions == {"recommendations": ["redhat.vscode-yaml"]}


def test_ci_runs_commands_that_exist_on_what_was_written(
    wabot: Typed, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wabot("init", "shop")
    monkeypatch.chdir(here / "shop")
    workflow = yaml.safe_load(Path(".github/workflows/wabot.yml").read_text())
    commands = [step["run"] for step in workflow["jobs"]["rules"]["steps"] if "run" in step]
    assert commands[0] == "pip install wabot"
    assert commands[1:] == ["wabot validate rules/ --format github", "wabot test rules/"]
    for command in commands[1:]:
        assert wabot(*command.split()[1:]).code == 0, command


def test_customers_data_is_never_committed(wabot: Typed, here: Path) -> None:
    wabot("init", "shop")
    assert "data/" in (here / "shop" / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize(("options", "why"), [
    (("--phone", "081234567890"), "such as --phone 6281234567890"),
    (("--phone", "+62 812-3456-7890"), "such as --phone 6281234567890"),
    (("--phone", "nol delapan"), "country code first, digits only"),
    (("--timezone", "WIB"), "Asia/Jakarta (WIB), Asia/Makassar (WITA) and Asia/Jayapura (WIT)"),
    (("--timezone", "../../etc/passwd"), "is no time zone"),
    (("--tenant", "Warung Sari"), "small letters, digits and -, at most 63, such as warung-sari"),
    (("--tenant", "../sari"), "cannot be a tenant's id"),
    (("--tenant", "sari", "--name", ""), "--name is what customers know the business by"),
    (("--name", "a\nb"), "a line of 1 to 100 characters"),
    (("--name", "!!!"), "give one, such as --tenant warung-sari"),
    (("--language", "jv"), "jv"),
    (("--recipe", "onkir"), "there is no recipe `onkir`; did you mean ongkir?"),
    (("--recipe", "zzz"), "`wabot init --list-recipes` shows all"),
    (("--recipe", "sapaan", "--recipe", "menu-utama"), "both bring a rule `sambutan`"),
])  # fmt: skip
def test_wrong_values_are_refused_with_what_to_write_and_nothing_is_written(
    wabot: Typed, here: Path, options: tuple[str, ...], why: str
) -> None:
    said = wabot("init", "shop", *options)
    assert said.code == 2
    assert why in " ".join(said.err.split())
    assert not everything(here)


def test_a_folder_has_to_be_named(wabot: Typed, here: Path) -> None:
    said = wabot("init")
    assert (said.code, said.err) == (2, "wabot: name the folder to write to: wabot init warung-sari\n")


def test_a_file_is_no_place_for_a_repository(wabot: Typed, here: Path) -> None:
    (here / "shop").write_text("x")
    said = wabot("init", "shop")
    assert (said.code, said.err) == (2, "wabot: shop is a file; name a folder\n")


def test_files_that_are_there_are_named_and_left_alone(wabot: Typed, here: Path) -> None:
    (here / "shop").mkdir()
    (here / "shop" / "README.md").write_text("mine")
    (here / "shop" / ".gitignore").write_text("mine")
    said = wabot("init", "shop")
    assert said.code == 2
    assert "README.md, .gitignore in shop: there already" in said.err.replace(
        ".gitignore, README.md", "README.md, .gitignore"
    )
    assert tree(here / "shop") == {".gitignore": b"mine", "README.md": b"mine"}


def test_a_second_time_changes_nothing(wabot: Typed, here: Path) -> None:
    wabot("init", "shop")
    before = tree(here)
    said = wabot("init", "shop", "--tenant", "shop")
    assert (said.code, said.err) == (2, "wabot: the tenant shop exists already; --recipe NAME adds a recipe to it\n")
    assert wabot("init", "shop").code == 2
    assert tree(here) == before


def test_another_tenant_joins_a_repository_without_touching_its_pages(wabot: Typed, here: Path) -> None:
    wabot("init", ".", "--name", "Warung Sari")
    (here / "README.md").write_text("ours")
    said = wabot("init", ".", "--name", "Toko Melati")
    assert said.code == 0, said.err
    assert (here / "README.md").read_text() == "ours"
    assert "2 tenants" in wabot("validate").out
    assert "(toko-melati, warung-sari): say which one with --tenant" in wabot("init", ".", "--recipe", "ongkir").err


def test_a_failure_leaves_nothing_behind(wabot: Typed, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The disk is full when the last of the files, the tenant's folder, is put in place.
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if path.name == "shop":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    (here / "shop").mkdir()
    (here / "shop" / "LICENSE").write_text("mine")
    said = wabot("init", "shop")
    assert said.code == 3
    assert "No space left on device" in said.err
    assert everything(here) == {"shop", "shop/LICENSE"}


def test_a_folder_that_cannot_be_written_is_a_failure_in_a_sentence(wabot: Typed, here: Path) -> None:
    here.chmod(0o555)
    if os.geteuid() == 0:
        here.parent.chmod(0o755)
        for parent in here.parents[:3]:
            parent.chmod(0o755)
        wabot("init", "--list-recipes")  # whatever is imported late, is imported as root
        wabot("validate", str(here))
        os.seteuid(65534)
    try:
        said = wabot("init", "shop")
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        here.chmod(0o755)
    assert said.code == 3
    assert "Permission denied" in said.err
    assert not everything(here)


class TestRecipes:
    def test_are_listed_with_what_they_are_for(self, wabot: Typed, here: Path) -> None:
        said = wabot("init", "--list-recipes")
        assert said.code == 0
        assert re.search(r"^ongkir +Ongkir: shipping cost by city$", said.out, re.MULTILINE)
        assert len(said.out.splitlines()) >= 30

    @pytest.mark.parametrize("words", [
        (".", "--recipe", "ongkir"),
        (".", "--tenant", "warung", "--recipe", "ongkir"),
        ("rules", "--recipe", "ongkir"),
        ("rules/warung", "--recipe", "ongkir"),
    ])  # fmt: skip
    def test_are_added_to_a_tenant_that_is_there(self, wabot: Typed, here: Path, words: tuple[str, ...]) -> None:
        wabot("init", ".", "--name", "Warung")
        before = tree(here)
        said = wabot("init", *words)
        assert (said.code, said.err) == (0, "")
        after = tree(here)
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {
            "rules/warung/rules/ongkir.yaml", "rules/warung/tests/ongkir.yaml", "rules/warung/templates/ongkir.j2",
        }  # fmt: skip
        assert "rules/warung/templates/ongkir.j2" in said.out
        assert (wabot("validate").code, wabot("test").code) == (0, 0)

    def test_lead_the_editor_to_schemas_also_where_there_were_none(self, wabot: Typed, repository: Path) -> None:
        said = wabot("init", ".", "--tenant", "toko", "--recipe", "stok")
        assert ".wabot/schemas/ (6 files, for the editor)" in said.out
        first = (repository / "rules" / "toko" / "rules" / "stok.yaml").read_text().partition("\n")[0]
        assert first == "# yaml-language-server: $schema=../../../.wabot/schemas/rules.schema.json"
        assert (repository / "rules" / "toko" / "rules" / "../../../.wabot/schemas/rules.schema.json").is_file()

    def test_with_lines_for_other_files_show_them_and_what_misses_without(self, wabot: Typed, here: Path) -> None:
        wabot("init", ".", "--name", "Warung")
        said = wabot("init", ".", "--recipe", "pemasok")
        assert said.code == 1
        assert (
            "pemasok also needs these lines in rules/warung/tenant.yaml:\n\n    auto_reply:\n      except:" in said.out
        )
        assert "tests/pemasok.yaml: this conversation does not go as it should: pemasok yang dikenal" in said.out
        tenant = here / "rules" / "warung" / "tenant.yaml"
        tenant.write_text(tenant.read_text().replace("[tag:keluarga]", '[tag:keluarga, tag:pemasok, "6281100001111"]'))
        assert wabot("test").code == 0

    def test_whose_rules_the_tenant_has_already_are_refused(self, wabot: Typed, here: Path) -> None:
        wabot("init", ".", "--name", "Warung")
        before = tree(here)
        said = wabot("init", ".", "--recipe", "jam-buka", "--recipe", "ongkir")
        assert said.code == 2
        assert "rules/warung/tests/jam-buka.yaml" in said.err
        (here / "rules" / "warung" / "tests" / "jam-buka.yaml").unlink()
        said = wabot("init", ".", "--recipe", "jam-buka")
        assert said.code == 2
        assert "nothing was written" in said.err
        assert "the rule id `jam-buka` is used twice; first in rules.yaml:" in said.err
        assert set(before) - set(tree(here)) == {"rules/warung/tests/jam-buka.yaml"}
        assert set(tree(here)) <= set(before)

    def test_take_the_place_of_the_rules_that_a_new_tenant_would_get(self, wabot: Typed, here: Path) -> None:
        wabot("init", ".", "--name", "Warung", "--recipe", "tutup", "--recipe", "sapaan", "--recipe", "jam-buka")
        rules = yaml.safe_load((here / "rules" / "warung" / "rules.yaml").read_text())["rules"]
        assert [rule["id"] for rule in rules] == ["tidak-paham"]

    def test_are_added_to_a_tenant_that_shares_rules_or_has_mistakes_of_its_own(
        self, wabot: Typed, repository: Path
    ) -> None:
        (repository / "rules" / "_shared").mkdir()
        (repository / "rules" / "_shared" / "faq.yaml").write_text(
            "version: 1\nrules:\n  - {id: parkir, trigger: {type: keyword, keywords: [parkir]}, response: Ada.}\n"
        )
        toko = repository / "rules" / "toko"
        with (toko / "tenant.yaml").open("a") as file:
            file.write("include: [_shared/faq.yaml]\n")
        said = wabot("init", "rules/toko", "--recipe", "ongkir")
        assert (said.code, said.err) == (0, "")
        (toko / "rules" / "lama.yaml").write_text("version: 1\nrules:\n  - id: x\n    respons: Halo\n")
        said = wabot("init", "rules/toko", "--recipe", "stok")
        assert (said.code, said.err) == (0, ""), said.out
        assert (toko / "rules" / "stok.yaml").is_file()

    def test_take_no_options_of_new_tenants(self, wabot: Typed, here: Path) -> None:
        wabot("init", ".", "--name", "Warung")
        said = wabot("init", ".", "--recipe", "ongkir", "--phone", "6281234567890")
        assert said.code == 2
        assert "--phone is for a new tenant; of warung, change rules/warung/tenant.yaml" in said.err


@pytest.mark.parametrize(("name", "made"), [
    ("Warung Sari", "warung-sari"),
    ("  Kopi & Kue  ", "kopi-kue"),
    ("Café Déjà", "cafe-deja"),
    ("Ma'nyus", "manyus"),
    ("x" * 70, "x" * 63),
    ("店", ""),
])  # fmt: skip
def test_an_id_is_made_of_a_name(name: str, made: str) -> None:
    assert slug(name) == made


@pytest.mark.parametrize(("text", "fragment", "whole"), [
    ("version: 1\na: 1\n", "b: 2\n", "version: 1\na: 1\nb: 2\n"),
    ("# x\na:\n  p: 1   # kept\n  q: [1]\nc: 3\n", "a:\n  q: [2]\n  r: 5\n",
     "# x\na:\n  p: 1   # kept\n  q: [2]\n  r: 5\nc: 3\n"),
    ("a:\n  - {x: 1}\n", "a:\n  - {x: 2}\n", "a:\n  - {x: 1}\n  - {x: 2}\n"),
])  # fmt: skip
def test_a_recipes_lines_join_those_of_the_starter(text: str, fragment: str, whole: str) -> None:
    assert added(text, fragment) == whole


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    (tmp_path / "link").symlink_to("nowhere")
    files = {"a": b"", "link": b"", "a/b": b"", "c": b""}
    assert writing.conflicts(tmp_path, files) == ["a", "link", "a/b"]
