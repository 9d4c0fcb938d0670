"""Symbolic links in a tenant's folder: nothing that is not the tenant's own, or shared, is read through one."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant
from wabot.engine.load import load_tenant
from wabot.language.content import Contents

SECRET = "rahasia: kunci\n"
SENDS = rules(
    "  - {id: a, trigger: {type: keyword, keywords: [a]}, response: {type: media, file: link.txt}}\n"
    "  - {id: b, trigger: {type: keyword, keywords: [b]}, response: {type: template, template: link.j2}}\n"
)


@pytest.fixture
def wabot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(capsys, monkeypatch)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "toko" / "keys.db"
    file.parent.mkdir(parents=True)
    file.write_text(SECRET)
    return file


def codes(folder: Path) -> list[tuple[str, str]]:
    return [(item.code, str(item.location.path.relative_to(folder))) for item in load_tenant(folder).diagnostics]


@pytest.mark.parametrize(
    "name",
    [
        "tenant.yaml",
        "rules.yaml",
        "hours.yaml",
        "quick-replies.yaml",
        "quick-replies.managed.yaml",
        "rules/link.yaml",
        "tests/link.yaml",
        "templates/link.j2",
        "media/link.txt",
    ],
)
@pytest.mark.parametrize("to", ["../../data/toko/keys.db", "absolute", "/dev/zero", "/nowhere"])
def test_a_link_that_leads_out_is_an_error_and_nothing_is_read_through_it(
    tmp_path: Path, wabot: Typed, secret: Path, name: str, to: str
) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    link = folder / name
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to("../" * name.count("/") + to if to.startswith("../") else secret if to == "absolute" else to)
    assert to.startswith("/") or link.read_text() == SECRET
    loaded = load_tenant(folder)
    assert loaded.rule_set is None or name.startswith("tests/")
    assert ("WB015", name) in codes(folder)
    assert not any(SECRET in document.text for document in loaded.documents)
    for output in ("text", "json", "github", "sarif", "junit"):
        said = wabot("validate", folder.parent, "--format", output)
        assert said.code == 1
        assert "WB015" in said.out
        assert "rahasia" not in said.out


@pytest.mark.parametrize("name", ["rules", "tests", "templates", "media"])
def test_a_folder_that_is_a_link_may_not_lead_out_either(tmp_path: Path, secret: Path, name: str) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    (folder / name).symlink_to(secret.parent)
    assert codes(folder) == [("WB015", name)]
    assert load_tenant(folder).media == ()


def test_a_link_to_another_tenants_files_leads_out(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung", {"media/x.txt": "-"})
    write_tenant(tmp_path / "rules" / "warung-sari", {"media/menu.txt": "nasi"})
    (folder / "media" / "link.txt").symlink_to("../../warung-sari/media/menu.txt")
    assert ("WB015", "media/link.txt") in codes(folder)


def test_neither_test_nor_chat_shows_what_a_link_out_leads_to(tmp_path: Path, wabot: Typed, secret: Path) -> None:
    tests = {"tests/a.yaml": "version: 1\ntests: [{name: a, steps: [{send: b, expect: {rule: a}}]}]\n"}
    folder = write_tenant(tmp_path / "rules" / "warung", {**SENDS, **tests, "templates/link.j2": "-"})
    (folder / "templates" / "link.j2").symlink_to(secret)
    said = wabot("test", folder)
    assert said.code != 0
    assert "rahasia" not in said.out + said.err


def test_links_within_the_tenants_folder_and_to_shared_files_are_followed(tmp_path: Path) -> None:
    shared = {"_bersama/media/qris.txt": "bayar", "_bersama/templates/salam.j2": "Halo kak"}
    write_tenant(tmp_path / "rules", {**shared, "tenant.yaml": "-", "rules.yaml": "-"})
    folder = write_tenant(tmp_path / "rules" / "warung", {**SENDS, "templates/x.j2": "-", "brosur/menu.txt": "nasi"})
    (folder / "media").symlink_to("brosur")
    (folder / "brosur" / "link.txt").symlink_to(folder / "brosur" / "menu.txt")
    (folder / "brosur" / "qris.txt").symlink_to("../../_bersama/media/qris.txt")
    (folder / "templates" / "link.j2").symlink_to("../../_bersama/templates/salam.j2")
    assert {code for code, _ in codes(folder)} == set()
    assert load_tenant(folder).rule_set is not None


def test_the_tenants_folder_and_the_shared_one_may_be_links_themselves(tmp_path: Path) -> None:
    release = tmp_path / "release-12"
    folder = write_tenant(release / "warung", {**SENDS, "templates/link.j2": "Halo", "media/a.txt": "nasi"})
    (folder / "media" / "link.txt").symlink_to("a.txt")
    with (folder / "tenant.yaml").open("a") as tenant:
        tenant.write("include: [_bersama/faq.yaml]\n")
    write_tenant(tmp_path / "elsewhere", {"faq.yaml": "version: 1\nrules: []\n", "media/b.txt": "b"})
    (tmp_path / "current").symlink_to("release-12")
    (release / "_bersama").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "warung").symlink_to(folder)
    (tmp_path / "rules" / "_bersama").symlink_to(tmp_path / "elsewhere")
    for place in (folder, tmp_path / "current" / "warung", tmp_path / "rules" / "warung"):
        assert [code for code, _ in codes(place)] == []
        assert {path.name for path in load_tenant(place).media} == {"a.txt", "b.txt", "link.txt"}


@pytest.mark.parametrize("name", ["faq.yaml", "media", "media/qris.txt", "templates/salam.j2", "lagi"])
def test_links_among_the_shared_files_lead_out_for_every_tenant_that_includes_them(
    tmp_path: Path, secret: Path, name: str
) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    shared = tmp_path / "rules" / "_bersama"
    write_tenant(shared, {"faq.yaml": "version: 1\nrules: []\n", "tenant.yaml": "-", "rules.yaml": "-"})
    include = "_bersama/lagi/keys.yaml" if name == "lagi" else "_bersama/faq.yaml"
    with (folder / "tenant.yaml").open("a") as tenant:
        tenant.write(f"include: [{include}]\n")
    link = shared / name
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(secret.parent if name in ("media", "lagi") else secret)
    (secret.parent / "keys.yaml").write_text("version: 1\nrules: []\n")
    found = [(item.code, item.location.path) for item in load_tenant(folder).diagnostics]
    assert found == [("WB015", shared / "lagi" / "keys.yaml" if name == "lagi" else link)]


def test_a_file_that_becomes_a_link_with_the_same_content_is_not_taken_for_the_file(
    tmp_path: Path, secret: Path
) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung", {"media/link.txt": SECRET})
    before = Contents().of(folder)
    (folder / "media" / "link.txt").unlink()
    (folder / "media" / "link.txt").symlink_to(secret)
    assert Contents().of(folder) not in (None, before)
