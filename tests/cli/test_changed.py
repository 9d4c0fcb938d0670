"""`--changed`: what a change is to blame for, and nothing else."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules
from wabot.cli.git import read_diff

OLD = rules("""\
  - id: lama
    trigger: {type: keyword, keywords: [qris]}
    response: Halo {{ nama }}
""")["rules.yaml"]
TEST = """\
version: 1
tests:
  - name: lama dijawab
    at: 2026-01-28 10:00
    steps:
      - say: qris
        expect: {rule: lama}
"""


def git(*words: str) -> str:
    said = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def commit() -> None:
    git("add", "-A")
    git("-c", "user.name=x", "-c", "user.email=x@x.id", "commit", "-q", "--allow-empty", "-m", "x")


@pytest.fixture
def checkout(repository: Path) -> Path:
    """A committed repository whose tenant `warung` has an old mistake, WB203 in line 5."""
    git("init", "-q", "-b", "main")
    warung = repository / "rules" / "warung"
    (warung / "rules.yaml").write_text(OLD)
    (warung / "tests").mkdir()
    (warung / "tests" / "percakapan.yaml").write_text(TEST)
    commit()
    return repository


def found(wabot: Typed, *options: object) -> list[str]:
    said = wabot("validate", "--format", "json", "--changed", "main", *options)
    assert said.code == (1 if said.data["findings"] else 0), said.err
    return [f"{item['code']} {Path(item['path']).name}:{item['line']}" for item in said.data["findings"]]


def test_what_was_wrong_before_is_not_told_again(wabot: Typed, checkout: Path) -> None:
    assert wabot("validate").code == 1
    assert found(wabot) == []
    assert "nothing to complain about (of what changed since main)" in wabot("validate", "--changed", "main").out


def test_an_old_mistake_that_only_moved_is_still_an_old_one(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "warung" / "rules.yaml"
    path.write_text(OLD.replace("rules:\n", "rules:\n  - {id: baru, trigger: {type: welcome}, response: Halo.}\n"))
    assert found(wabot) == []


def test_mistakes_in_changed_lines_are_told_old_ones_too(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "warung" / "rules.yaml"
    path.write_text(OLD.replace("Halo {{ nama }}", "Hai {{ nama }}").replace("[qris]}", "[qris], match: contain}"))
    assert found(wabot) == ["WB104 rules.yaml:4", "WB203 rules.yaml:5"]


def test_files_that_git_does_not_know_are_new(wabot: Typed, checkout: Path) -> None:
    (checkout / "rules" / "warung" / "rules").mkdir()
    (checkout / "rules" / "warung" / "rules" / "lagi.yaml").write_text(
        OLD.replace("qris", "gopay").replace("id: lama", "id: baru")
    )
    assert found(wabot) == ["WB203 lagi.yaml:5"]
    (checkout / ".gitignore").write_text("lagi.yaml\n")
    git("add", "-A")
    assert found(wabot) == ["WB203 lagi.yaml:5"], "ignored by git, but read by wabot, and not there before"


def test_what_a_deletion_broke_elsewhere_is_told(wabot: Typed, checkout: Path) -> None:
    (checkout / "rules" / "warung" / "rules.yaml").write_text("version: 1\nrules: []\n")
    assert found(wabot) == ["WB014 warung:1", "WB209 percakapan.yaml:7"]
    (checkout / "rules" / "warung" / "rules.yaml").unlink()
    assert found(wabot) == ["WB014 warung:1", "WB209 percakapan.yaml:7"]


def test_one_more_of_the_same_is_one_new_finding_at_the_changed_line(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "warung" / "rules.yaml"
    path.write_text(OLD.replace("    response:", "    name: Lama\n    response:").replace("a }}", "a }} {{ nama2 }}"))
    assert found(wabot) == ["WB203 rules.yaml:6", "WB203 rules.yaml:6"]


def test_commits_count_as_much_as_what_is_not_committed_yet(wabot: Typed, checkout: Path) -> None:
    git("checkout", "-q", "-b", "cabang")
    path = checkout / "rules" / "toko" / "rules.yaml"
    path.write_text(OLD)
    commit()
    path.write_text(OLD.replace("[qris]}", "[qris], match: contain}"))
    assert found(wabot) == ["WB104 rules.yaml:4", "WB203 rules.yaml:5"]


@pytest.mark.parametrize("place", ["rules", "rules/warung", "rules/warung/rules.yaml"])
def test_every_kind_of_path_is_compared_with_itself(wabot: Typed, checkout: Path, place: str) -> None:
    assert found(wabot, place) == []
    path = checkout / "rules" / "warung" / "tests" / "percakapan.yaml"
    path.write_text(TEST.replace("rule: lama", "rule: lain"))
    assert found(wabot, place) == ["WB209 percakapan.yaml:7"]


def test_it_goes_with_tenants_that_are_new_and_with_selections(wabot: Typed, checkout: Path) -> None:
    new = checkout / "rules" / "baru"
    new.mkdir()
    (new / "rules.yaml").write_text(OLD)
    assert found(wabot, "--tenant", "baru") == ["WB011 baru:1", "WB203 rules.yaml:5"]
    assert found(wabot, "--ignore", "WB203") == ["WB011 baru:1"]
    assert found(wabot, "--tenant", "toko") == []


def test_a_tenant_that_is_the_whole_repository(wabot: Typed, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = checkout / "rules" / "warung"
    monkeypatch.chdir(alone)
    git("init", "-q", "-b", "main")
    commit()
    assert found(wabot, ".") == []
    (alone / "rules.yaml").unlink()
    assert found(wabot, ".") == ["WB014 :1", "WB209 percakapan.yaml:7"]


def test_names_that_git_quotes_are_understood(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "warung" / "rules" / 'ba"ru é\t.yaml'
    path.parent.mkdir()
    path.write_text(OLD.replace("qris", "gopay").replace("id: lama", "id: baru"))
    commit()
    git("branch", "-f", "sebelum")
    path.write_text(path.read_text().replace("Halo", "Hai"))
    said = wabot("validate", "--format", "json", "--changed", "sebelum")
    assert [item["code"] for item in said.data["findings"]] == ["WB203"]


def test_only_what_changed_is_mended(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "toko" / "rules.yaml"
    text = path.read_text().replace("[jam buka]", "[jam buka, 5]")
    path.write_text(text)
    commit()
    path.write_text(text + "  - {id: b, trigger: {type: keyword, keywords: [7]}, response: Halo.}\n")
    assert wabot("validate", "--changed", "HEAD", "--fix").code == 0
    assert path.read_text().count('"') == 2
    assert 'keywords: ["7"]' in path.read_text()


def test_the_checkout_and_its_index_are_left_as_they_are(wabot: Typed, checkout: Path) -> None:
    path = checkout / "rules" / "warung" / "rules.yaml"
    path.write_text(OLD + "# staged\n")
    git("add", str(path))
    path.write_text(OLD + "# staged\n# not staged\n")
    before = (git("status", "--porcelain=v2"), git("diff"), git("diff", "--cached"), git("worktree", "list"))
    found(wabot)
    assert (git("status", "--porcelain=v2"), git("diff"), git("diff", "--cached"), git("worktree", "list")) == before


def test_it_works_in_a_git_hook_too(wabot: Typed, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index.lock"), ("GIT_PREFIX", "rules/")):
        monkeypatch.setenv(name, value)
    assert found(wabot, "rules/warung") == []


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("nowhere", "--changed: git knows no commit `nowhere` here"),
        ("--all", "--changed: git knows no commit `--all` here"),
        ("", "--changed: git knows no commit `` here; name a commit or a branch"),
        ("main:rules", "git knows no commit `main:rules`"),
    ],
)
def test_a_base_that_is_no_commit_is_wrong_usage(wabot: Typed, checkout: Path, base: str, why: str) -> None:
    said = wabot("validate", f"--changed={base}")
    assert (said.code, said.out) == (2, "")
    assert why in said.err


def test_outside_of_git_it_says_so(wabot: Typed, repository: Path) -> None:
    said = wabot("validate", "--changed", "main")
    assert (said.code, said.out) == (2, "")
    assert "--changed needs a git repository, and" in said.err


def test_a_diff_is_read_whatever_its_lines_look_like() -> None:
    diff = b"""\
diff --git a/a.yaml b/a.yaml
--- a/a.yaml
+++ b/a.yaml
@@ -1,2 +1,3 @@ judul
-satu
-++ b/bukan.yaml
+++ b/bukan.yaml
+@@ -1 +90,9 @@
+diff --git a/x b/x
\\ No newline at end of file
@@ -9,2 +10,0 @@
-x
-y
@@ -20 +19 @@
-x
+y
diff --git a/hilang.yaml b/hilang.yaml
deleted file mode 100644
--- a/hilang.yaml
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/b\\303\\251\\t.yaml" "b/b\\303\\251\\t.yaml"
--- "a/b\\303\\251\\t.yaml"
+++ "b/b\\303\\251\\t.yaml"
@@ -0,0 +1 @@
+x
"""
    assert list(read_diff(diff)) == [
        (b"a.yaml", (range(1, 4), range(10, 10), range(19, 20))),
        ("bé\t.yaml".encode(), (range(1, 2),)),
    ]
