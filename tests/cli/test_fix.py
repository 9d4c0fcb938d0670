"""`--fix` writes what is safe, `--unsafe-fixes` what is guessed, `--diff` nothing; every file stays whole."""

import resource
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules
from wabot.cli.fixing import Change, write
from wabot.language.document import read_document
from wabot.lint.fixes.apply import Mended
from wabot.model.errors import WabotError

MISTAKEN = """\
# catatan: jangan dihapus
name: Warung Uji
phone: 6281100000000   # WA Business
timezone: Asia/Jakarta
teams: [cs, teknis, cs]
"""
MENDED = """\
# catatan: jangan dihapus
version: 1
name: Warung Uji
phone: "6281100000000"   # WA Business
timezone: Asia/Jakarta
teams: [cs, teknis]
"""
GUESSED = rules("  - id: jam-buka\n    trigger: {type: keyword, keyword: [17:30]}\n    response: Halo.\n")


@pytest.fixture
def tenant(repository: Path) -> Path:
    (repository / "rules" / "warung" / "tenant.yaml").write_text(MISTAKEN)
    return repository / "rules" / "warung"


def test_what_is_safe_is_written_told_and_gone(wabot: Typed, tenant: Path) -> None:
    said = wabot("validate", "--fix")
    assert said.code == 0
    assert said.out == (
        "rules/warung/tenant.yaml:2:1: fixed: add `version: 1` [WB102]\n"
        "rules/warung/tenant.yaml:3:8: fixed: put 6281100000000 in quotes [WB103]\n"
        "rules/warung/tenant.yaml:5:8: fixed: remove the second `cs` [WB106]\n"
        "\n"
        "2 tenants, 4 files, 2 rules: nothing to complain about (3 fixed)\n"
    )
    assert (tenant / "tenant.yaml").read_text() == MENDED


def test_fixing_twice_is_fixing_once(wabot: Typed, tenant: Path) -> None:
    wabot("validate", "--fix")
    before = (tenant / "tenant.yaml").stat()
    said = wabot("validate", "--fix")
    assert "fixed" not in said.out
    assert (tenant / "tenant.yaml").stat() == before


def test_guesses_are_written_only_when_asked_for_and_only_beside_fix(wabot: Typed, repository: Path) -> None:
    path = repository / "rules" / "warung" / "rules.yaml"
    path.write_text(GUESSED["rules.yaml"])
    said = wabot("validate", "--fix")
    assert said.code == 1
    assert "unknown key `keyword`" in said.out
    assert said.out.endswith("1 can be mended by --fix --unsafe-fixes\n")
    assert wabot("validate", "--fix", "--unsafe-fixes").code == 0
    assert path.read_text() == GUESSED["rules.yaml"].replace("keyword: [17:30]", 'keywords: ["17:30"]')
    refused = wabot("validate", "--unsafe-fixes")
    assert (refused.code, refused.err) == (2, "wabot: --unsafe-fixes goes with --fix or --diff\n")


def test_a_diff_is_shown_alone_applies_with_git_and_nothing_is_written(wabot: Typed, tenant: Path) -> None:
    (tenant / "rules.yaml").write_text(GUESSED["rules.yaml"].rstrip("\n"))
    said = wabot("validate", "--diff", "--unsafe-fixes")
    assert said.code == 1
    assert said.err == "5 fixes in 2 files; nothing was written\n"
    assert (tenant / "tenant.yaml").read_text() == MISTAKEN
    subprocess.run(["git", "apply", "-"], input=said.out.encode(), check=True)
    assert (tenant / "tenant.yaml").read_text() == MENDED
    assert wabot("validate").code == 0


def test_a_diff_of_clean_rules_is_empty_and_needs_text(wabot: Typed, repository: Path) -> None:
    said = wabot("validate", "--diff")
    assert (said.code, said.out) == (0, "")
    assert wabot("validate", "--diff", "--format", "json").code == 2


def test_only_what_is_selected_is_mended(wabot: Typed, tenant: Path) -> None:
    wabot("validate", "--fix", "--select", "WB106")
    assert (tenant / "tenant.yaml").read_text() == MISTAKEN.replace(", cs]", "]")


def test_machines_are_told_what_was_fixed(wabot: Typed, tenant: Path) -> None:
    fixed = wabot("validate", "--fix", "--format", "json").data["fixed"]
    assert [(one["line"], one["code"], one["fix"], one["safe"]) for one in fixed][:2] == [
        (2, "WB102", "add `version: 1`", True),
        (3, "WB103", "put 6281100000000 in quotes", True),
    ]


def test_mode_line_ends_and_byte_order_mark_stay_and_a_link_stays_a_link(wabot: Typed, tenant: Path) -> None:
    real = tenant / "real.txt"
    real.write_bytes(b"\xef\xbb\xbf" + MISTAKEN.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (tenant / "tenant.yaml").unlink()
    (tenant / "tenant.yaml").symlink_to(real)
    assert wabot("validate", "--fix").code == 0
    assert (tenant / "tenant.yaml").is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_no_other_files_are_left_behind(wabot: Typed, tenant: Path) -> None:
    before = sorted(path.name for path in tenant.iterdir())
    wabot("validate", "--fix")
    assert sorted(path.name for path in tenant.iterdir()) == before


def test_a_file_that_somebody_saves_meanwhile_is_left_to_them(tenant: Path) -> None:
    document = read_document(tenant / "tenant.yaml")
    (tenant / "tenant.yaml").write_text("name: lain\n")
    with pytest.raises(WabotError, match="changed while it was being mended"):
        write(Change(document, Mended(MENDED, ())))
    assert (tenant / "tenant.yaml").read_text() == "name: lain\n"


def test_a_file_that_cannot_be_written_is_a_failure_and_stays_as_it_was(wabot: Typed, tenant: Path) -> None:
    # Whoever runs the tests, root included, may write no byte more: as on a full disk.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        said = wabot("validate", "--fix")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert said.code == 3
    assert (tenant / "tenant.yaml").read_text() == MISTAKEN
