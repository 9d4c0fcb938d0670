"""Drafts: a tenant as it would be with other files, before anything of them is written."""

from pathlib import Path

from tests.tenants import SOUND, write_tenant
from wabot.engine.load import load_tenant

RULE = "version: 1\nrules:\n  - {{id: {id}, trigger: {{type: keyword, keywords: [{id}]}}, response: Baik kak.}}\n"
REPLIES = "version: 1\nquick_replies:\n  - {shortcut: /salam, title: Salam, message: Halo kak}\n"


def ids(folder: Path, drafts: dict[Path, str]) -> list[str]:
    loaded = load_tenant(folder, {path: text.encode() for path, text in drafts.items()})
    assert loaded.rule_set is not None, loaded.diagnostics
    return [*(rule.id for rule in loaded.rule_set.rules), *(one.shortcut for one in loaded.rule_set.quick_replies)]


def test_drafts_are_read_as_if_they_lay_in_the_folder(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    drafts = {
        folder / "rules" / "managed.yaml": RULE.format(id="promo"),
        folder / "quick-replies.managed.yaml": REPLIES,
        folder / "rules.yaml": RULE.format(id="harga"),
    }
    assert ids(folder, drafts) == ["harga", "promo", "/salam"]
    assert ids(folder, {}) == ["jam-buka"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(SOUND)


def test_a_tenant_with_drafts_has_the_revision_that_it_has_once_they_are_written(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    path = folder / "rules" / "managed.yaml"
    drafted = load_tenant(folder, {path: RULE.format(id="promo").encode()}).rule_set
    path.parent.mkdir()
    path.write_text(RULE.format(id="promo"))
    written = load_tenant(folder).rule_set
    assert drafted is not None and written is not None
    assert drafted.revision == written.revision


def test_findings_in_a_draft_stand_at_its_lines(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    path = folder / "rules" / "managed.yaml"
    (found,) = load_tenant(folder, {path: RULE.format(id="jam-buka").encode()}).diagnostics
    assert (found.code, found.location.path, found.location.line) == ("WB201", path, 3)


def test_no_draft_is_read_in_place_of_a_link_that_leads_out(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    (folder / "rules").symlink_to(tmp_path)
    loaded = load_tenant(folder, {folder / "rules" / "managed.yaml": RULE.format(id="promo").encode()})
    assert [item.code for item in loaded.diagnostics] == ["WB015"]
    assert loaded.rule_set is None
