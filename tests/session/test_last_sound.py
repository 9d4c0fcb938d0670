"""The copy of the last sound rules: who may read it, and that a whole one is there whenever the process is killed."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tenants import write_tenant
from wabot.model.errors import SendRefused
from wabot.session.clock import RealClock
from wabot.session.last_sound import COPY
from wabot.session.live import LiveRules
from wabot.session.report import Mute


class Killed(BaseException):
    """Stands for kill -9 at that line: nothing after it happens."""


async def hear(_: object) -> None:
    pass


def live(folder: Path) -> LiveRules:
    return LiveRules(folder, folder.parent.parent / "data", RealClock(), Mute(), hear)


def change(folder: Path, before: str, after: str) -> None:
    file = folder / "rules.yaml"
    file.write_text(file.read_text().replace(before, after))


def dies_at(count: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """As `real`, and kills the process instead of the call number `count`."""
    calls = 0

    def call(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count:
            raise Killed
        return real(*arguments, **more)

    return call


@pytest.mark.parametrize(
    ("place", "name", "count", "answered"),
    [
        (shutil, "copytree", 1, "tiap hari"),
        (Path, "rename", 1, "tiap hari"),
        (Path, "rename", 2, "kadang"),
        (shutil, "rmtree", 2, "tiap hari"),
        (shutil, "rmtree", 3, "kadang"),
    ],
)
async def test_whenever_the_process_is_killed_while_the_copy_is_replaced_a_sound_one_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, count: int, answered: str
) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    first = live(folder)
    assert await first.load()
    change(folder, "tiap hari", "kadang")
    monkeypatch.setattr(place, name, dies_at(count, getattr(place, name)))
    with pytest.raises(Killed):
        await first.reload()
    monkeypatch.undo()
    (folder / "rules.yaml").write_text("rules: [")
    for _ in range(2):  # and again after that
        again = live(folder)
        assert await again.load()
        assert answered in str(again.rule_set().rules)
    write_tenant(folder)
    assert await live(folder).load()
    assert [path.name for path in (tmp_path / "data" / COPY).iterdir()] == ["warung"]


async def test_nobody_else_may_read_the_copy_and_the_tenants_own_files_stay_as_they_are(tmp_path: Path) -> None:
    picture = {"media/menu.jpg": "JPEG", "templates/kaki.j2": "Salam", "tests/a.yaml": "version: 1\n"}
    folder = write_tenant(tmp_path / "rules" / "warung", picture)
    write_tenant(
        tmp_path / "rules", {"_bersama/sopan.yaml": "version: 1\nrules: []\n", "_bersama/media/logo.png": "PNG"}
    )
    for name in ("tenant.yaml", "rules.yaml"):
        (tmp_path / "rules" / name).unlink()
    (folder / "tenant.yaml").write_text((folder / "tenant.yaml").read_text() + "include: [_bersama/sopan.yaml]\n")
    for path in (tmp_path / "rules").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for _ in range(2):
        assert await live(folder).load()
    home = tmp_path / "data" / COPY
    modes = {path.relative_to(home): stat.S_IMODE(path.stat().st_mode) for path in [home, *home.rglob("*")]}
    assert {Path("warung/media/menu.jpg"), Path("_bersama/media/logo.png"), Path("_bersama/sopan.yaml")} <= modes.keys()
    assert Path("warung/tests") not in modes
    assert modes == {path: 0o700 if (home / path).is_dir() else 0o600 for path in modes}
    assert stat.S_IMODE((folder / "media" / "menu.jpg").stat().st_mode) == 0o644


async def test_pictures_that_have_not_changed_are_not_copied_again(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung", {"media/a.jpg": "A", "media/b.jpg": "B"})
    kept = tmp_path / "data" / COPY / "warung" / "media"
    first = live(folder)
    assert await first.load()
    before = {path.name: path.stat().st_ino for path in kept.iterdir()}
    (folder / "media" / "b.jpg").write_text("BB")
    change(folder, "tiap hari", "kadang")
    await first.reload()
    assert (kept / "a.jpg").stat().st_ino == before["a.jpg"]
    assert (kept / "b.jpg").read_text() == "BB"


GAMBAR = """\
version: 1
rules:
  - {id: gambar, trigger: {type: keyword, keywords: [menu]}, response: {type: media, file: menu.jpg}}
"""


async def test_a_picture_goes_out_as_the_last_sound_rules_had_it(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung", {"rules.yaml": GAMBAR, "media/menu.jpg": "lama"})
    picture = folder / "media" / "menu.jpg"
    running = live(folder)
    assert await running.load()
    picture.write_text("baru")
    await running.reload()
    assert running.file(str(picture)).read_text() == "baru"
    picture.unlink()  # half of a change that a person is about to make
    await running.reload()
    assert running.file(str(picture)).read_text() == "baru"


async def test_a_shared_picture_goes_out_from_the_copy_as_well(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    shared = tmp_path / "rules" / "_bersama"
    write_tenant(shared, {"gambar.yaml": GAMBAR, "media/menu.jpg": "lama", "tenant.yaml": "-", "rules.yaml": "-"})
    tenant = folder / "tenant.yaml"
    tenant.write_text(tenant.read_text() + "include: [_bersama/gambar.yaml]\n")
    running = live(folder)
    assert await running.load()
    shutil.rmtree(shared)
    assert running.file(str(shared / "media" / "menu.jpg")).read_text() == "lama"


async def test_what_is_no_file_keeps_nobody_from_answering(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    os.mkfifo(folder / "pipa")
    assert await live(folder).load()


async def test_nothing_that_a_link_leads_to_outside_of_the_folder_gets_into_the_copy(tmp_path: Path) -> None:
    secret = tmp_path / "data" / "toko" / "keys.db"
    secret.parent.mkdir(parents=True)
    secret.write_text("kunci")
    folder = write_tenant(tmp_path / "rules" / "warung", {"media/lama/a.txt": "a", "catatan/b.txt": "b"})
    (folder / "BACA.md").symlink_to(secret)
    (folder / "nol").symlink_to("/dev/zero")
    (folder / "etc").symlink_to(secret.parent)
    (folder / "media" / "lama" / "c.txt").symlink_to(secret)
    (folder / "media" / "lama" / "toko").symlink_to(secret.parent)
    (folder / "media" / "lingkaran").symlink_to("..")
    (folder / "media" / "b.txt").symlink_to("../catatan/b.txt")
    running = live(folder)
    assert await running.load()
    copy = tmp_path / "data" / COPY / "warung"
    kept = {str(path.relative_to(copy)) for path in copy.rglob("*") if not path.is_dir()}
    assert kept == {"tenant.yaml", "rules.yaml", "media/lama/a.txt", "catatan/b.txt", "media/b.txt"}
    assert not any(path.is_symlink() for path in copy.rglob("*"))


async def test_a_link_that_took_a_files_place_after_it_was_checked_is_not_sent(tmp_path: Path) -> None:
    secret = tmp_path / "data" / "toko" / "keys.db"
    secret.parent.mkdir(parents=True)
    secret.write_text("kunci")
    folder = write_tenant(tmp_path / "rules" / "warung", {"rules.yaml": GAMBAR, "media/menu.jpg": "lama"})
    picture = folder / "media" / "menu.jpg"
    running = live(folder)
    assert await running.load()
    picture.unlink()
    picture.symlink_to(secret)
    assert running.file(str(picture)).read_text() == "lama"
    shutil.rmtree(tmp_path / "data" / COPY)
    with pytest.raises(SendRefused, match=r"menu\.jpg lies outside of the tenant's folder"):
        running.file(str(picture))
    picture.unlink()
    (folder / "media" / "baru.jpg").write_text("baru")
    picture.symlink_to("baru.jpg")
    assert running.file(str(picture)).read_text() == "baru"
    with pytest.raises(SendRefused):
        running.file(str(secret))
