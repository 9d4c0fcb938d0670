"""What wabot remembers of unchanged files is what it would find out again, and nothing that it remembers can harm."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.typed import Typed
from tests.examples import examples
from tests.tenants import SOUND, rules, write_tenant
from wabot.cli.cache import MAX_BYTES, Cache, open_cache
from wabot.cli.remembering import Checked, Ready, Remembering
from wabot.language.content import Contents

CHECKOUT = Path(__file__).parents[2]
NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
DAY = 86_400_000

MENU = """\
  - id: menu
    trigger: {type: keyword, keywords: [menu, mneu], match: fuzzy, max_typos: 1}
    conditions: {days: [mon-fri], between: "09:00-17:00", customer_tags: {any: [vip]}}
    response:
      type: menu
      message: [Halo, "Hai {{ first_name }}"]
      options: [{key: "1", label: Jam, goto: jam}, {key: "0", label: CS, action: forward_to_cs}]
  - {id: jam, response: {type: template, template: jam.j2}}
  - {id: gambar, trigger: {type: pattern, regex: 'foto (?P<apa>\\w+)'}, response: {type: media, file: a.png}}
  - {id: tutup, trigger: {type: time_based, working_hours: {sun: ["09:00-12:00"]}}, response: Tutup}
"""

HOURS = """\
version: 1
weekly: {mon: ["18:00-02:00"]}
holidays: {closed: ["2026-01-20"], special: {"2026-02-01": ["09:00-10:00"]}}
"""
TESTS = "version: 1\ntests: [{name: x, at: 2026-01-28 10:00, steps: [{say: x, expect: {rule: y}}]}]\n"


def ruled(text: str) -> str:
    return rules(text)["rules.yaml"]


# What a person may do next to a tenant's files: a path from the folder of the repository, and what is in it then.
EDITS: list[tuple[str, str | None]] = [
    ("warung/rules.yaml", SOUND["rules.yaml"]),
    ("warung/rules.yaml", ruled(MENU)),
    ("warung/rules.yaml", ruled(MENU.replace("goto: jam", "goto: jma"))),
    ("warung/rules.yaml", "version: 1\nrules: [\n"),
    ("warung/rules.yaml", ruled("  - {id: a, trigger: {type: welcome}, response: Hai} # wabot: ignore WB302\n")),
    ("warung/rules.yaml", None),
    ("warung/rules/lagi.yaml", ruled("  - {id: lagi, trigger: {type: fallback}, response: '{{ vars.x }}'}\n")),
    ("warung/rules/lagi.yaml", None),
    ("warung/rules/lagi.yml", ""),
    ("warung/tenant.yaml", SOUND["tenant.yaml"]),
    ("warung/tenant.yaml", SOUND["tenant.yaml"] + "include: [_shared/faq.yaml]\nvars: {x: {y: [1, 2.5, null, ya]}}\n"),
    ("warung/tenant.yaml", SOUND["tenant.yaml"] + '"\\x69nclude": [_shared/faq.yaml]\n'),
    ("warung/tenant.yaml", SOUND["tenant.yaml"].replace("Jakarta", "Jkt")),
    ("warung/tenant.yaml", None),
    ("warung/hours.yaml", 'version: 1\nweekly: {mon-sun: ["09:00-17:00"]}\nholidays: {calendar: ID}\n'),
    ("warung/hours.yaml", HOURS),
    ("warung/hours.yaml", "version: 1\nweekly: {mon: [9-17]}\n"),
    ("warung/hours.yaml", None),
    ("warung/templates/jam.j2", "{{ hours.today }}"),
    ("warung/templates/jam.j2", "{{ hours.tody }}"),
    ("warung/templates/jam.j2", None),
    ("warung/media/a.png", "x"),
    ("warung/media/b.png", "x"),
    ("warung/media/a.png", ""),
    ("warung/media/a.png", None),
    ("warung/quick-replies.yaml", "version: 1\nquick_replies: [{shortcut: /a, title: A, message: Hai, tags: [b]}]\n"),
    ("warung/tests/a.yaml", TESTS),
    ("warung/tests/a.yaml", None),
    ("_shared/faq.yaml", ruled("  - {id: faq, trigger: {type: keyword, keywords: [faq]}, response: Ini}\n")),
    ("_shared/faq.yaml", ruled("  - {id: faq, trigger: {type: keyword, keywords: []}, response: Ini}\n")),
    ("_shared/templates/jam.j2", "Jam {{ nobody }}"),
    ("_shared/faq.yaml", None),
    ("warung/catatan.yaml", "x: 1\n"),
    ("warung/template/", None),
    ("warung/templates/lama/", None),
    ("_shared/templates/lama/", None),
]  # fmt: skip


WHOLE: tuple[tuple[str, str | None], ...] = (
    ("warung/rules.yaml", ruled(MENU)),
    ("warung/tenant.yaml", SOUND["tenant.yaml"] + "include: [_shared/faq.yaml]\nvars: {x: {y: [1, 2.5, null, ya]}}\n"),
    ("warung/hours.yaml", HOURS),
    ("warung/media/a.png", "x"),
    ("warung/tests/a.yaml", TESTS),
    ("_shared/faq.yaml", ruled("  - {id: faq, trigger: {type: keyword, keywords: [faq]}, response: Ini}\n")),
    ("_shared/templates/jam.j2", "Jam {{ hours.today }}"),
)


def edit(place: Path, name: str, text: str | None) -> None:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("/"):
        path.mkdir(exist_ok=True)
    elif text is not None:
        path.write_text(text, "utf-8")
    elif path.exists():
        path.unlink()


def without_matcher(ready: Ready) -> object:
    held = ready.rule_set
    told = None if held is None else (held.tenant, held.rules, held.revision, held.quick_replies)
    # Of the hours, what is remembered may hold holidays that have been looked up.
    hours = None if held is None else (held.hours.weekly, held.hours.calendar, held.hours.closed, held.hours.special)
    return ready.tenant_id, tuple(ready.diagnostics), told, hours


@given(st.lists(st.sampled_from(EDITS), max_size=6))
@examples(40)
def test_after_any_edits_what_is_remembered_is_what_is_found(edits: list[tuple[str, str | None]]) -> None:
    with TemporaryDirectory() as temporary:
        place = Path(temporary)
        tenant = write_tenant(place / "warung")
        cache = Cache(place / "cache")
        cache.folder.mkdir()
        for name, text in WHOLE:
            edit(place, name, text)
        for number, (name, text) in enumerate((WHOLE[0], *edits)):
            edit(place, name, text)
            now = NOW + number * DAY * 3
            fresh = Remembering(None, now)
            for _ in range(2):  # the second time nothing has changed
                remembering = Remembering(cache, now)
                assert remembering.checked(tenant) == fresh.checked(tenant)
                assert without_matcher(remembering.ready(tenant)) == without_matcher(fresh.ready(tenant))


@pytest.fixture
def place(tmp_path: Path) -> Cache:
    (tmp_path / "entries").mkdir(0o700)
    return Cache(tmp_path / "entries")


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, place: Cache) -> None:
    tenant = write_tenant(tmp_path / "warung")
    found = Remembering(place, NOW).checked(tenant)
    [entry] = place.folder.iterdir()
    stored = place.get(entry.name)
    assert stored is not None
    stored[1][1 + Checked._fields.index("rules")] = 77  # nobody but the entry says so
    place.put(entry.name, stored)
    assert Remembering(place, NOW).checked(tenant) == found._replace(rules=77)


def test_a_holiday_passes_though_no_file_changes(tmp_path: Path, place: Cache) -> None:
    hours = 'version: 1\nweekly: {mon-sun: ["09:00-17:00"]}\nholidays: {closed: ["2026-01-29"]}\n'
    tenant = write_tenant(tmp_path / "warung", {"hours.yaml": hours})
    codes = [[item.code for item in Remembering(place, NOW + day * DAY).checked(tenant).findings] for day in (0, 9, 0)]
    assert codes == [[], ["WB432"], []]


def test_a_picture_that_became_another_file_of_the_same_size_is_looked_at_again(tmp_path: Path, place: Cache) -> None:
    gambar = "  - {id: gambar, trigger: {type: welcome}, response: {type: media, file: a.png}}\n"
    tenant = write_tenant(tmp_path / "warung", {**rules(gambar), "media/a.png": "GIF89a.."})
    codes = []
    for content in (b"GIF89a..", b"\x89PNG\r\n\x1a\n"):
        (tenant / "media" / "a.png").write_bytes(content)
        codes.append([item.code for item in Remembering(place, NOW).checked(tenant).findings])
    assert codes == [["WB463"], []]


@pytest.mark.parametrize(
    "harm",
    [
        lambda _: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b"jam-buka", b"jam-tutup"),
        lambda raw: b"\xff" * len(raw),
        lambda _: b"0" * 40 + b"\n" + b"[" * 100_000,
    ],
)
def test_a_spoilt_entry_is_ignored_and_written_again(
    tmp_path: Path, place: Cache, harm: Callable[[bytes], bytes]
) -> None:
    tenant = write_tenant(tmp_path / "warung")
    found = Remembering(place, NOW).ready(tenant)
    [entry] = place.folder.iterdir()
    good = entry.read_bytes()
    entry.write_bytes(harm(good))
    assert without_matcher(Remembering(place, NOW).ready(tenant)) == without_matcher(found)
    assert entry.read_bytes() == good


@pytest.mark.parametrize("data", [None, 1, [], ["a"], ["warung", [], []], ["warung", ["os.system", "true"], ["tuple"]]])
def test_an_entry_that_says_something_else_is_ignored(tmp_path: Path, place: Cache, data: object) -> None:
    tenant = write_tenant(tmp_path / "warung")
    found = Remembering(place, NOW).ready(tenant)
    [entry] = place.folder.iterdir()
    place.put(entry.name, data)
    assert without_matcher(Remembering(place, NOW).ready(tenant)) == without_matcher(found)


def test_an_entry_under_another_name_is_ignored(place: Cache) -> None:
    place.put("a", 1)
    shutil.copy(place.folder / "a", place.folder / "b")
    assert (place.get("a"), place.get("b"), place.get("c")) == (1, None, None)


def test_a_tenant_that_cannot_be_read_is_not_remembered(tmp_path: Path) -> None:
    tenant = write_tenant(tmp_path / "warung")
    assert Contents().of(tenant) is not None
    (tenant / "rules").mkdir()
    (tenant / "rules" / "a.yaml").symlink_to(tmp_path / "nowhere")
    assert Contents().of(tenant) is None


@pytest.mark.parametrize("name", ["runtime/wabot/engine/decide.py", "schemas/rules.schema.json"])
def test_another_wabot_does_not_trust_what_this_one_found(tmp_path: Path, name: str) -> None:
    for part in (
        "runtime/wabot/model",
        "runtime/wabot/language",
        "runtime/wabot/engine",
        "runtime/wabot/lint",
        "schemas",
    ):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    look = "from wabot.language.content import tool_hash; print(tool_hash().hex())"

    def seen() -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "runtime")}
        return subprocess.run(
            [sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True
        ).stdout

    before = seen()
    assert seen() == before
    path = tmp_path / name
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert seen() != before


class TestTheFolder:
    def test_is_the_users_own(self, tmp_path: Path) -> None:
        cache = open_cache({"HOME": str(tmp_path)})
        assert cache is not None
        assert cache.folder == tmp_path / ".cache" / "wabot"
        assert cache.folder.stat().st_mode & 0o777 == 0o700
        other = open_cache({"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "x")})
        assert other is not None
        assert other.folder == tmp_path / "x" / "wabot"

    @pytest.mark.parametrize(
        "environment",
        [{"HOME": "{}", "WABOT_CACHE": "off"}, {}, {"HOME": ""}, {"HOME": "{}/a-file"}, {"XDG_CACHE_HOME": "relative"}],
    )
    def test_is_done_without_where_there_can_be_none(self, tmp_path: Path, environment: dict[str, str]) -> None:
        (tmp_path / "a-file").touch()
        assert open_cache({name: text.format(tmp_path) for name, text in environment.items()}) is None

    def test_is_done_without_when_others_could_write_it(self, tmp_path: Path) -> None:
        (tmp_path / "wabot").mkdir()
        (tmp_path / "wabot").chmod(0o770)
        assert open_cache({"XDG_CACHE_HOME": str(tmp_path)}) is None

    def test_does_not_grow_for_ever(self, place: Cache) -> None:
        for number in range(4):
            place.put(str(number), "x" * (MAX_BYTES // 4))
            os.utime(place.folder / str(number), (number, number))
        place.get("0")  # used again: not the oldest any more
        place.trim()
        assert sorted(path.name for path in place.folder.iterdir()) == ["0"]

    def test_takes_no_harm_from_several_runs_at_once(self, repository: Path, cache: Path) -> None:
        command = [sys.executable, "-m", "wabot", "validate", "--format", "json"]
        running = [subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE) for _ in range(4)]
        said = {process.communicate()[0] for process in running}
        assert len(said) == 1
        assert len(list(cache.iterdir())) == 2
        assert {json.loads(text)["tenants"] for text in said} == {2}


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github"])
def test_every_report_is_the_same_with_and_without(wabot: Typed, repository: Path, cache: Path, form: str) -> None:
    silenced = (
        "  - {id: a, trigger: {type: welcome}, response: Hai, cooldown: 5m} # wabot: ignore WB422 because begini\n"
    )
    write_tenant(repository / "rules" / "warung", rules(silenced))
    write_tenant(repository / "rules" / "kedai", rules("  - {id: a, trigger: {type: welcom}, response: Hai}\n"))
    said = [wabot("validate", "--format", form, *flag) for flag in (["--no-cache"], [], [])]
    assert said[0] == said[1] == said[2]
    assert len(list(cache.iterdir())) == 3


def test_without_the_cache_nothing_is_written(wabot: Typed, repository: Path, cache: Path) -> None:
    wabot("validate", "--no-cache")
    assert not cache.exists()


def test_found_is_found_again_after_it_was_mended(wabot: Typed, repository: Path) -> None:
    write_tenant(repository / "rules" / "warung", {"rules.yaml": SOUND["rules.yaml"].replace("version: 1\n", "")})
    assert wabot("validate").code == 1
    assert wabot("validate", "--fix").code == 0
    assert wabot("validate").code == 0
