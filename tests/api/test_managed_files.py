"""What the API writes, and what it leaves alone: only sound tenants, only its own files, whole or not at all."""

import asyncio
import fcntl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.small_disk import fill, small_disk
from tests.api.managed import KEYWORD, MANAGED, Managed
from tests.tenants import SOUND, rules, write_tenant
from wabot.api.problems import Problem
from wabot.api.workshop import replacing
from wabot.api.workshop.catalogue import catalogue
from wabot.api.workshop.shelf import Place, Shelf
from wabot.model.session import Reload
from wabot.session.clock import RealClock
from wabot.session.live import LiveRules
from wabot.session.report import Mute

IMPOSSIBLE = {"start": "09:00", "end": "29:00"}


@pytest.fixture
def shop(tmp_path: Path) -> Managed:
    return Managed(tmp_path)


@pytest.mark.parametrize(
    ("told", "code", "at"),
    [
        ({"responseMessage": "Halo {{ first_nam }}"}, "WB203", "rules/managed.yaml:9"),
        (
            {"responseType": "template", "responseTemplate": "x.j2", "responseMessage": None},
            "WB202",
            "rules/managed.yaml",
        ),
        ({"triggerType": "pattern", "regexPattern": "(?=a)", "keywords": None}, "WB205", "rules/managed.yaml"),
        (
            {"triggerType": "time_based", "keywords": None, "workingHours": {"start": "09:00", "end": "29:00"}},
            "WB207",
            "rules/managed.yaml",
        ),
        ({"priority": 50, "tags": ["a b"]}, "WB105", "rules/managed.yaml"),
    ],
)
def test_what_would_not_be_sound_is_not_written_and_the_findings_say_where(
    shop: Managed, told: dict[str, Any], code: str, at: str
) -> None:
    whole = {name: value for name, value in {**KEYWORD, **told}.items() if value is not None}
    refused = shop.refused("create", None, whole)
    assert (refused.status, refused.code) == (422, "UNSOUND")
    (finding, *_) = refused.more["findings"]
    assert finding["code"] == code and refused.message.startswith(f"Nothing is written: {at}")
    assert finding["path"] == "rules/managed.yaml" and finding["line"] > 1 and finding["column"] > 1


def test_the_tenant_is_checked_as_a_whole_its_tests_too(tmp_path: Path) -> None:
    test = "version: 1\ntests:\n  - {name: a, at: 2026-01-28 10:00, steps: [{say: harga, expect: {rule: harga}}]}\n"
    shop = Managed(tmp_path)
    shop.create()
    (shop.folder / "tests").mkdir()
    (shop.folder / "tests" / "a.yaml").write_text(test)
    refused = shop.refused("remove", "harga")
    assert (refused.status, refused.more["findings"][0]["code"]) == (422, "WB209")
    (shop.folder / "tests" / "a.yaml").unlink()
    shop.order("remove", "harga", {})
    assert list(shop.told()) == ["jam-buka"]


def test_nothing_is_written_until_the_tenant_allows_it(tmp_path: Path) -> None:
    shop = Managed(tmp_path, {"tenant.yaml": SOUND["tenant.yaml"]})
    refused = shop.refused("create", None)
    assert (refused.status, refused.code) == (409, "RULES_ARE_CODE")
    assert "`managed: true`" in refused.message and "tenant.yaml" in refused.message


@pytest.mark.parametrize("act", ["change", "remove"])
def test_what_people_wrote_is_not_touched(shop: Managed, act: str) -> None:
    refused = shop.refused(act, "jam-buka", {"priority": 3})
    assert (refused.status, refused.code, refused.more["source"]) == (409, "WRITTEN_BY_PEOPLE", "rules.yaml:3")
    assert "rules.yaml:3" in refused.message


def test_an_id_that_people_use_is_not_taken(shop: Managed) -> None:
    refused = shop.refused("create", "jam-buka")
    assert (refused.status, refused.code, refused.more["source"]) == (409, "EXISTS", "rules.yaml:3")
    assert shop.refused("change", "tidak-ada").status == 404


@pytest.fixture
def locked(shop: Managed) -> Iterator[None]:
    shop.data.mkdir(parents=True)
    with (shop.data / replacing.LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_two_writers_take_turns(shop: Managed, locked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "_PATIENCE", 0.05)
    refused = shop.refused("create", None)
    assert (refused.status, refused.code, refused.headers) == (503, "BUSY", {"retry-after": "5"})


@pytest.mark.parametrize("link", ["folder", "rules", "file"])
def test_nothing_is_written_through_a_link(shop: Managed, tmp_path: Path, link: str) -> None:
    shop.create()
    place = {"folder": shop.folder, "rules": shop.file.parent, "file": shop.file}[link]
    real = place.rename(place.with_name(f"_{place.name}"))
    place.symlink_to(real)
    with pytest.raises(Problem) as refused:
        shop.order("change", "harga", {"priority": 7})
    assert (refused.value.status, refused.value.code) == (409, "LINKED")
    assert "priority" not in shop.file.read_text()


def test_a_folder_that_is_gone_is_a_sentence(shop: Managed) -> None:
    shop.folder.rename(shop.folder.with_name("weg"))
    with pytest.raises(Problem) as refused:
        shop.create()
    assert (refused.value.status, refused.value.code) == (409, "FOLDER_GONE")


def test_a_file_in_the_place_of_the_folder_of_rules_is_a_sentence(shop: Managed) -> None:
    (shop.folder / "rules").write_text("not a folder")
    refused = shop.refused("create", None)
    assert (refused.status, refused.code) == (409, "NOT_WRITABLE")
    assert "managed.yaml cannot be written" in refused.message


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | None]:
    with small_disk(request, tmp_path / "disk", 2) as place:
        yield place


def test_on_a_disk_that_is_read_only_or_full_nothing_changes_and_a_sentence_says_why(
    disk: Path | None, tmp_path: Path
) -> None:
    if disk is None:
        return
    shop = Managed(disk)
    shop.data = tmp_path / "data"
    shop.create()
    fill(disk)
    full = shop.refused("create", None, {**KEYWORD, "description": "x" * 60_000})
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    read_only = shop.refused("remove", "harga", {})
    assert [(one.status, one.code) for one in (full, read_only)] == [(409, "NOT_WRITABLE")] * 2
    assert "No space left on device" in full.message and "Read-only file system" in read_only.message


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "rules" / "managed.yaml"
    replacing.replace(file, "a", None)
    with pytest.raises(replacing.ChangedMeanwhile):
        replacing.replace(file, "b", None)
    file.write_text("by hand")
    with pytest.raises(replacing.ChangedMeanwhile):
        replacing.replace(file, "b", b"a")
    assert file.read_text() == "by hand"
    file.chmod(0o600)
    replacing.replace(file, "c", b"by hand")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("c", 0o600)
    assert [path.name for path in file.parent.iterdir()] == ["managed.yaml"]


def test_a_checkout_that_replaces_the_folder_while_it_is_checked_is_looked_at_again(
    shop: Managed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instant cannot be met from outside: the checkout is made to happen right before the write."""
    write = replacing.replace
    done: list[Path] = []

    def after_a_checkout(path: Path, text: str, seen: bytes | None) -> None:
        if not done:
            done.append(shop.folder.rename(shop.folder.with_name("old")))
            write_tenant(
                shop.folder, {**MANAGED, **rules("  - {id: baru, trigger: {type: welcome}, response: Halo}\n")}
            )
            (shop.folder / "rules").mkdir()
            shop.file.write_text("version: 1\nrules:\n  - {id: dari-git, trigger: {type: fallback}, response: Maaf}\n")
        write(path, text, seen)

    monkeypatch.setattr("wabot.api.workshop.changing.replace", after_a_checkout)
    shop.create()
    assert sorted(shop.told()) == ["baru", "dari-git", "harga"]
    assert not (done[0] / "rules" / "managed.yaml").exists()


def test_quick_replies_are_written_into_a_file_of_their_own(shop: Managed) -> None:
    peoples = "version: 1\nquick_replies:\n  - {shortcut: /salam, title: Salam, message: Halo}\n"
    (shop.folder / "quick-replies.yaml").write_text(peoples)
    told = {"shortcut": "/ongkir", "title": "Ongkir", "message": "Ongkir 10rb kak {{ first_name }}", "category": "faq"}
    shop.order("create", "/ongkir", told, "quick_reply")
    shop.order("change", "/ongkir", {"category": "", "operators": ["a@b.id"]}, "quick_reply")
    found = catalogue(Shelf().current(Place(shop.folder, shop.data)))["quickReplies"]
    assert [(one["id"], one["managed"], one["isGlobal"], one["category"]) for one in found] == [
        ("salam", False, True, ""),
        ("ongkir", True, False, ""),
    ]
    for act, id in (("create", "/salam"), ("change", "/salam"), ("remove", "/salam")):
        with pytest.raises(Problem) as refused:
            shop.order(act, id, {**told, "shortcut": "/salam"}, "quick_reply")
        assert (refused.value.status, refused.value.more["source"]) == (409, "quick-replies.yaml:3")
    shop.order("change", "/ongkir", {"shortcut": "/kirim"}, "quick_reply")
    shop.order("remove", "/kirim", {}, "quick_reply")
    assert (shop.folder / "quick-replies.yaml").read_text() == peoples
    assert "quick_replies: []" in (shop.folder / "quick-replies.managed.yaml").read_text()


async def test_a_session_that_watches_takes_what_is_written_by_itself(shop: Managed, tmp_path: Path) -> None:
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    live = LiveRules(shop.folder, tmp_path / "live", RealClock(), Mute(), outcomes.put)
    assert await live.load()
    await outcomes.get()
    watching = asyncio.create_task(live.watch())
    shop.create()
    reload = await asyncio.wait_for(outcomes.get(), 30)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert reload.ok and [rule.id for rule in live.rule_set().rules] == ["jam-buka", "harga"]


def test_writers_at_once_all_get_their_turn(shop: Managed) -> None:
    names = [f"promo-{number}" for number in range(6)]
    with ThreadPoolExecutor(len(names)) as people:
        made = list(people.map(lambda name: shop.create({**KEYWORD, "name": name, "keywords": [name]}), names))
    assert sorted(shop.told()) == sorted(["jam-buka", *(one["id"] for one in made)]) == sorted(["jam-buka", *names])
