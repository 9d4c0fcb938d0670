"""`wabot validate`: findings where they are, and exit codes that mean something."""

import os
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant

CHECKOUT = Path(__file__).parents[2]


def test_the_example_tenants_are_clean(wabot: Typed) -> None:
    said = wabot("validate", CHECKOUT / "rules")
    assert said.code == 0, said.out
    assert "3 tenants" in said.out
    assert "nothing to complain about" in said.out


def test_a_finding_shows_the_source_line_with_a_caret_under_the_value_and_a_tally(
    wabot: Typed, repository: Path
) -> None:
    write_tenant(repository / "rules" / "warung", rules(
        "  - id: jam-buka\n    trigger: {type: keyword, keyword: [jam buka]}\n    response: Halo kak 😀\n"
    ))  # fmt: skip
    said = wabot("validate")
    assert said.code == 1
    assert said.out == (
        "rules/warung/rules.yaml:4:30: error: unknown key `keyword` [WB101]\n"
        "    4 |     trigger: {type: keyword, keyword: [jam buka]}\n"
        "      |                              ^^^^^^^\n"
        "      = did you mean `keywords`? allowed here: type, keywords, match, case_sensitive, max_typos\n"
        "\n"
        "2 tenants, 4 files, 2 rules: 1 error\n"
        "1 can be mended by --fix --unsafe-fixes\n"
    )


def test_the_caret_stands_under_the_value_beside_wide_characters(wabot: Typed, repository: Path) -> None:
    write_tenant(repository / "rules" / "warung", rules(
        "  - id: jam-buka\n    trigger: {type: welcome}\n    response: Halo 😀 {{ nama }}\n"
    ))  # fmt: skip
    said = wabot("validate", "rules/warung")
    assert f"    5 |     response: Halo 😀 {{{{ nama }}}}\n      | {' ' * 25}^^^^\n" in said.out


@pytest.mark.parametrize(("severity", "files", "code"), [
    ("error", {"tenant.yaml": "-"}, 1),
    ("warning", {"rules.yaml": "-"}, 1),
])  # fmt: skip
def test_errors_and_warnings_exit_1(
    wabot: Typed, repository: Path, severity: str, files: dict[str, str], code: int
) -> None:
    (repository / "rules" / "warung" / next(iter(files))).unlink()
    said = wabot("validate")
    assert said.code == code
    assert f": {severity}: " in said.out


def test_machines_get_json(wabot: Typed, repository: Path) -> None:
    (repository / "rules" / "toko" / "rules.yaml").write_text("version: 1\nrules:\n\t- x\n")
    said = wabot("validate", "--format", "json")
    assert said.code == 1
    assert said.data["tenants"] == 2
    assert said.data["findings"] == [
        {
            "path": "rules/toko/rules.yaml",
            "line": 3,
            "column": 1,
            "end_column": 2,
            "severity": "error",
            "code": "WB004",
            "message": "a tab stands where YAML wants spaces",
            "hint": "indent with spaces, two for each level",
        }
    ]


def test_one_tenant_or_one_file_can_be_named(wabot: Typed, repository: Path) -> None:
    (repository / "rules" / "toko" / "tenant.yaml").write_text("version: 2\n")
    assert wabot("validate", "--tenant", "warung").code == 0
    assert wabot("validate", "rules/warung/rules.yaml").code == 0
    assert wabot("validate", "rules/toko").code == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("validate", "nowhere"), "nowhere does not exist"),
        (("validate", "--tenant", "warnug"), "there is no tenant `warnug`"),
        (("validate", "--format", "xml"), "'xml'"),
        (("validate", "--nonsense"), "--nonsense"),
        (("nonsense",), "nonsense"),
        (("validate", "loose.txt"), "belongs to no tenant"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(
    wabot: Typed, repository: Path, words: tuple[str, ...], why: str
) -> None:
    (repository / "loose.txt").write_text("x")
    said = wabot(*words)
    assert said.code == 2
    assert why in said.err


def test_without_a_folder_of_rules_it_says_so(wabot: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = wabot("validate")
    assert (said.code, said.err) == (
        2,
        "wabot: there is no folder ./rules here; name the folder that holds your tenants\n",
    )


def test_an_empty_rules_folder_is_a_finding(wabot: Typed, tmp_path: Path) -> None:
    said = wabot("validate", tmp_path)
    assert said.code == 1
    assert "there are no tenants in this folder [WB010]" in said.out


def test_what_may_not_be_read_is_a_finding_and_no_traceback(wabot: Typed, repository: Path) -> None:
    if os.geteuid() != 0:
        (repository / "rules" / "warung" / "rules.yaml").chmod(0)
        (repository / "rules" / "toko").chmod(0)
        said = wabot("validate")
        (repository / "rules" / "toko").chmod(0o700)
    else:  # root reads everything: be somebody else while looking
        for path in [*repository.rglob("*"), repository, *repository.parents[:3]]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        (repository / "rules" / "warung" / "rules.yaml").chmod(0)
        (repository / "rules" / "toko").chmod(0)
        wabot("validate")  # whatever is imported late, is imported as root
        os.seteuid(65534)
        try:
            said = wabot("validate")
        finally:
            os.seteuid(0)
    assert said.code == 1
    assert "rules/warung/rules.yaml:1:1: error: cannot be read: Permission denied [WB001]" in said.out
    assert "rules/toko:1:1: error: cannot be read: Permission denied [WB001]" in said.out


def test_a_folder_that_cannot_be_a_tenants_name_is_a_finding(wabot: Typed, repository: Path) -> None:
    write_tenant(repository / "rules" / "Warung Sari")
    said = wabot("validate")
    assert "`Warung Sari` cannot be a tenant's id [WB012]" in said.out


def test_folders_with_a_leading_underscore_are_no_tenants(wabot: Typed, repository: Path) -> None:
    (repository / "rules" / "_shared").mkdir()
    assert wabot("validate").code == 0


def test_nothing_that_a_file_holds_steers_the_terminal(tmp_path: Path, wabot: Typed) -> None:
    folder = write_tenant(tmp_path / "warung")
    (folder / "tenant.yaml").write_bytes(b"version: 1\nname: \x1b[2J\xff\n")
    (folder / "rules.yaml").write_text(
        'version: 1\nrules:\n- {id: a, "bad\\e[31m\\nkey": 1, trigger: {type: welcome}, response: "x"}\n'
    )
    said = wabot("validate", folder)
    assert "name: \\x1b[2J" in said.out
    assert "unknown key `bad\\x1b[31m key`" in said.out
    assert "\x1b" not in said.out
    # The caret stands below the place as it is shown.
    shown, caret = said.out[said.out.index("    2 | ") :].splitlines()[:2]
    assert caret.index("^") == shown.index("\ufffd")


def test_nothing_that_a_reply_holds_steers_the_terminal(tmp_path: Path, wabot: Typed) -> None:
    text = '  - {id: a, name: "A\\nB", trigger: {type: fallback}, response: "satu\\e[2J\\u202Edua"}\n'
    folder = write_tenant(tmp_path / "warung", rules(text))
    for words in (["test", "halo", folder], ["rules", folder], ["rules", "a", folder]):
        said = wabot(*words)
        assert "\\x1b[2J\\u202edua" in said.out
        assert "\x1b" not in said.out
    assert "A B" in said.out


def test_two_tenants_with_one_number_are_an_error_of_the_second_that_names_both(repository: Path, wabot: Typed) -> None:
    for name in ("apotek", "bengkel", "warung"):
        number = "6281100000001" if name != "bengkel" else "6281100000002"
        tenant = f'version: 1\nname: W\nphone: "{number}"\ntimezone: Asia/Jakarta\n'
        write_tenant(repository / "rules" / name, {"tenant.yaml": tenant})
    for _ in ("read", "remembered"):
        said = wabot("validate")
        assert said.code == 1
        assert "rules/warung/tenant.yaml:3:8: error: warung and apotek have the same number (6281100000001)" in said.out
        assert said.out.count("WB221") == 1
    assert wabot("validate", "--tenant", "warung").code == 0
