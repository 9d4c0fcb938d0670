"""`wabot backup` and `wabot restore` over data that a session has left."""

import gzip
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Typed
from tests.session.stage import JAM, stage
from wabot.daemon.child import lock
from wabot.store.keeping.layout import NODE
from wabot.store.sqlite import read_summary


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Two tenants with a customer each, sound rules and keys; and what belongs to no tenant."""
    place = tmp_path / "data"
    place.mkdir(mode=0o700)
    for name in ("warung", "toko"):
        async with stage(tmp_path / name, JAM) as shop:
            await shop.say("jam buka?")
        folder = (tmp_path / name / "data").rename(place / name)
        with closing(sqlite3.connect(folder / "keys.db")) as keys:
            keys.execute("PRAGMA journal_mode = WAL")
            keys.execute("CREATE TABLE whatsmeow_device (jid TEXT)")
            keys.execute("INSERT INTO whatsmeow_device VALUES (?)", (name,))
            keys.commit()
    # The stage names every tenant warung.
    with closing(sqlite3.connect(place / "toko" / "wabot.db")) as other:
        tables = [name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in set(tables) - {"migrations", "sqlite_sequence"}:
            other.execute(f"UPDATE {table} SET tenant_id = 'toko'")
        other.commit()
    with closing(sqlite3.connect(place / NODE)) as node:
        node.execute("CREATE TABLE accounts (email TEXT)")
    return place


def tree(place: Path) -> dict[str, bytes]:
    """Every file under `place`, but those that looking at a database makes."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def made(wabot: Typed, data: Path, *words: object) -> list[Path]:
    said = wabot("backup", "--data", data, "--format", "json", *words)
    assert said.code == 0, said.err
    return [Path(one["file"]) for one in said.data["backups"]]


def test_every_tenant_is_a_file_of_its_own_that_is_restored_into_another_folder(
    data: Path, tmp_path: Path, wabot: Typed
) -> None:
    files = made(wabot, data, "--output", tmp_path / "safe")
    assert [file.name.rsplit("-", 1)[0] for file in files] == ["toko", "warung", "_node"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sorted(entry.name for entry in (tmp_path / "safe").iterdir()) == sorted(file.name for file in files)
    assert wabot("backup", "verify", *files).code == 0
    shutil.rmtree(data)
    elsewhere = tmp_path / "another" / "machine"
    said = wabot("restore", tmp_path / "safe", "--data", elsewhere, "--format", "json")
    assert said.code == 0, said.err
    assert [one["tenant"] for one in said.data["restored"]] == ["_node", "toko", "warung"]
    for name in ("warung", "toko"):
        assert read_summary(elsewhere / name, name).by_rule == {"jam-buka": 1}
        with closing(sqlite3.connect(elsewhere / name / "keys.db")) as keys:
            assert keys.execute("SELECT jid FROM whatsmeow_device").fetchall() == [(name,)]
    assert (elsewhere / "warung" / "rules.good" / "warung" / "rules.yaml").is_file()
    assert (elsewhere / NODE).is_file()
    for path in elsewhere.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
    assert str(data).encode() not in b"".join(gzip.decompress(file.read_bytes()) for file in files)


def test_without_a_place_backups_lie_in_each_tenants_folder_or_where_the_setting_says(
    data: Path, tmp_path: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = made(wabot, data, "--tenant", "warung")
    assert first.parent == data / "warung" / "backups"
    (second,) = made(wabot, data, "--tenant", "warung")
    assert second != first
    with tarfile.open(second) as tar:
        assert not [name for name in tar.getnames() if "backups" in name or "lock" in name]
    monkeypatch.setenv("WABOT_BACKUPS", str(tmp_path / "safe"))
    (third,) = made(wabot, data, "--tenant", "warung")
    assert third.parent == tmp_path / "safe"


def test_keep_deletes_the_older_backups_of_that_tenant_alone(data: Path, tmp_path: Path, wabot: Typed) -> None:
    safe = tmp_path / "safe"
    others = made(wabot, data, "--tenant", "toko", "--output", safe)
    (safe / "warung-catatan.txt").write_text("mine")
    old = [made(wabot, data, "--tenant", "warung", "--output", safe)[0] for _ in range(3)]
    said = wabot("backup", "--data", data, "--tenant", "warung", "--output", safe, "--keep", 2, "--format", "json")
    (newest,) = [Path(one["file"]) for one in said.data["backups"]]
    assert said.data["deleted"] == [str(old[1]), str(old[0])]
    assert sorted(safe.iterdir()) == sorted([*others, old[2], newest, safe / "warung-catatan.txt"])


def test_one_file_holds_one_tenant(data: Path, tmp_path: Path, wabot: Typed) -> None:
    said = wabot("backup", "--data", data, "--output", tmp_path / "all.tar.gz")
    assert said.code == 2
    assert "name a folder with --output, or one tenant with --tenant" in said.err
    (file,) = made(wabot, data, "--tenant", "toko", "--output", tmp_path / "toko.tar")
    assert file == tmp_path / "toko.tar"
    assert wabot("backup", "verify", file).out.startswith(f"{file}: sound: toko of ")


def test_a_damaged_database_is_not_backed_up_and_hides_no_other_tenant(
    data: Path, tmp_path: Path, wabot: Typed
) -> None:
    file = data / "toko" / "wabot.db"
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 50_000)
    said = wabot("backup", "--data", data, "--output", tmp_path / "safe", "--format", "json")
    assert said.code == 3
    assert [one["tenant"] for one in said.data["backups"]] == ["warung", "_node"]
    assert said.data["failed"][0]["tenant"] == "toko"
    assert not list((tmp_path / "safe").glob("toko*"))
    assert not list((tmp_path / "safe").glob(".*"))


def with_noise(file: Path) -> None:
    file.write_bytes(os.urandom(280_000))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def as_text(file: Path) -> None:
    file.write_text("not found\n" * 400)


def without_tables(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE x (a)")


@pytest.mark.parametrize("name", ["wabot.db", "keys.db"])
@pytest.mark.parametrize("destroy", [with_noise, emptied, as_text, without_tables], ids=lambda one: one.__name__)
def test_a_destroyed_database_is_never_taken_for_sound_and_its_good_backup_is_kept(
    data: Path, tmp_path: Path, wabot: Typed, destroy: Callable[[Path], None], name: str
) -> None:
    if name == "keys.db" and destroy in (emptied, without_tables):
        pytest.skip("WhatsApp's key store is empty before it is first used, and its tables are not ours")
    safe = tmp_path / "safe"
    (good,) = made(wabot, data, "--tenant", "warung", "--output", safe)
    for side in ("-wal", "-shm"):
        (data / "warung" / f"{name}{side}").unlink(missing_ok=True)
    destroy(data / "warung" / name)
    said = wabot("backup", "--data", data, "--tenant", "warung", "--output", safe, "--keep", 1)
    assert said.code == 3
    assert name in said.err
    assert "othing was backed up" in said.err
    assert list(safe.iterdir()) == [good]


def blank_schema(file: Path) -> None:
    rewrite(file, lambda manifest: manifest.update(schema=0))


def noise_for_keys(file: Path) -> None:
    replace_content(file, "files/keys.db", os.urandom(20_000))


@pytest.mark.parametrize("spoil", [blank_schema, noise_for_keys], ids=lambda one: one.__name__)
def test_a_backup_that_an_older_wabot_made_of_a_destroyed_database_is_not_sound_and_an_older_one_is_taken(
    data: Path, tmp_path: Path, wabot: Typed, spoil: Callable[[Path], None]
) -> None:
    safe = tmp_path / "safe"
    (good,) = made(wabot, data, "--tenant", "warung", "--output", safe)
    (newer,) = made(wabot, data, "--tenant", "warung", "--output", safe)
    spoil(newer)
    checked = wabot("backup", "verify", newer)
    assert checked.code == 1
    assert "was damaged already when it was backed up" in checked.err
    said = wabot("restore", safe, "--data", tmp_path / "empty", "--format", "json")
    assert said.code == 0
    assert [one["file"] for one in said.data["restored"]] == [str(good)]


def replace_content(file: Path, name: str, content: bytes) -> None:
    """Another content for a file of the archive, with the sums that fit."""
    import hashlib

    def change(manifest: dict[str, Any]) -> None:
        for one in manifest["files"]:
            if f"files/{one['path']}" == name:
                one.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())

    rewrite(file, change, content={name: content})


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100_000])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    place = content.index(b"Kami buka kak.")
    content[place] ^= 1
    file.write_bytes(content)


def relabel(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"tenant": "warung"', b'"tenant": "barung"'))


def a_newer_format(file: Path) -> None:
    rewrite(file, lambda manifest: manifest.update(format=2))


def a_newer_schema(file: Path) -> None:
    rewrite(file, lambda manifest: manifest.update(schema=9999))


def a_way_out(file: Path) -> None:
    rewrite(file, lambda manifest: manifest["files"].append({"path": "../../out", "size": 0, "sha256": ""}))


def a_tenant_elsewhere(file: Path) -> None:
    rewrite(file, lambda manifest: manifest.update(tenant="../warung"))


def a_link(file: Path) -> None:
    link = tarfile.TarInfo("files/wabot.db")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    rewrite(file, lambda _manifest: None, instead=link)


def a_device(file: Path) -> None:
    device = tarfile.TarInfo("files/wabot.db")
    device.type = tarfile.CHRTYPE
    rewrite(file, lambda _manifest: None, instead=device)


def something_more(file: Path) -> None:
    rewrite(file, lambda _manifest: None, more=tarfile.TarInfo("/etc/cron.d/evil"))


def something_less(file: Path) -> None:
    rewrite(file, lambda manifest: manifest["files"].append({"path": "more", "size": 0, "sha256": ""}))


def nothing_like_it(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04" + bytes(2_000))


def another_tar(file: Path) -> None:
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo("README"))


def rewrite(
    file: Path,
    change: Callable[[dict[str, Any]], None],
    instead: tarfile.TarInfo | None = None,
    more: tarfile.TarInfo | None = None,
    content: dict[str, bytes] | None = None,
) -> None:
    """The archive made anew, as whoever forges one would: with sums that fit."""
    import hashlib

    with tarfile.open(file) as tar:
        members = [(member, whole.read()) for member in tar if (whole := tar.extractfile(member)) is not None]
    manifest = json.loads(members[0][1])
    change(manifest)
    text = json.dumps(manifest).encode()
    with tarfile.open(file, "w") as tar:
        for member, held in members:
            written = (content or {}).get(member.name, held)
            if member.name == "manifest.json":
                written = text
            elif member.name == "manifest.sha256":
                written = hashlib.sha256(text).hexdigest().encode()
            elif instead is not None and member.name == instead.name:
                tar.addfile(instead)
                continue
            member.size = len(written)
            tar.addfile(member, io.BytesIO(written))
        if more is not None:
            tar.addfile(more)


FORGED: dict[Callable[[Path], None], str] = {
    cut: "cut short",
    flip: "wabot.db in it is not as it was backed up",
    relabel: "its manifest was changed",
    a_newer_format: "is of a newer wabot",
    a_newer_schema: "is of a newer wabot",
    a_way_out: "has no place in a tenant's folder: '../../out'",
    a_tenant_elsewhere: "names a tenant that cannot be",
    a_link: "holds something that its manifest does not",
    a_device: "holds something that its manifest does not",
    something_more: "holds something that its manifest does not: '/etc/cron.d/evil'",
    something_less: "lacks 1 of its files",
    nothing_like_it: "is no backup of wabot",
    another_tar: "is no backup of wabot",
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_a_backup_that_is_not_as_it_was_made_is_refused_in_a_sentence_and_nothing_is_changed(
    data: Path, tmp_path: Path, wabot: Typed, forge: Callable[[Path], None]
) -> None:
    (file,) = made(wabot, data, "--tenant", "warung", "--output", tmp_path / "warung.tar")
    forge(file)
    before = tree(data)
    checked = wabot("backup", "verify", file)
    assert checked.code == 1
    assert FORGED[forge] in checked.err
    said = wabot("restore", file, "--data", data, "--replace")
    assert said.code == 3
    assert FORGED[forge] in said.err
    assert said.err.rstrip().endswith("Nothing was changed.")
    assert len(said.err.splitlines()) == 1
    assert tree(data) == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", "toko", "warung", "warung.tar"]
    assert wabot("restore", file, "--data", tmp_path / "empty").code == 3
    assert not (tmp_path / "empty").exists()


def test_data_that_is_there_is_refused_and_with_replace_set_aside_whole(
    data: Path, tmp_path: Path, wabot: Typed
) -> None:
    (file,) = made(wabot, data, "--tenant", "warung", "--output", tmp_path / "safe")
    (data / "warung" / "catatan.txt").write_text("mine")
    made(wabot, data, "--tenant", "warung")
    before = {name: content for name, content in tree(data / "warung").items() if not name.startswith("backups/")}
    refused = wabot("restore", file, "--data", data)
    assert refused.code == 3
    assert "holds data already. Say --replace" in refused.err
    said = wabot("restore", file, "--data", data, "--replace", "--format", "json")
    assert said.code == 0
    aside = Path(said.data["restored"][0]["set_aside"])
    assert aside.name.startswith("warung.before-restore-")
    assert tree(aside) == {name: content for name, content in before.items() if name != "lock"}
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    assert not (data / "warung" / "catatan.txt").exists()
    assert len(list((data / "warung" / "backups").iterdir())) == 1, "backups stay where they are"
    assert wabot("status", "--data", data, "--format", "json").data["tenants"][1]["tenant"] == "warung"
    assert len(wabot("status", "--data", data, "--format", "json").data["tenants"]) == 2
    again = wabot("restore", file, "--data", data, "--replace", "--format", "json")
    assert Path(again.data["restored"][0]["set_aside"]) != aside


def test_keep_keys_leaves_the_link_with_whatsapp_as_it_is(data: Path, tmp_path: Path, wabot: Typed) -> None:
    (file,) = made(wabot, data, "--tenant", "warung", "--output", tmp_path / "safe")
    with closing(sqlite3.connect(data / "warung" / "keys.db")) as keys:
        keys.execute("UPDATE whatsmeow_device SET jid = 'newer'")
        keys.commit()
    assert wabot("restore", file, "--data", data, "--replace", "--keep-keys").code == 0
    with closing(sqlite3.connect(data / "warung" / "keys.db")) as keys:
        assert keys.execute("SELECT jid FROM whatsmeow_device").fetchall() == [("newer",)]
    assert read_summary(data / "warung", "warung").received == 1


def test_a_tenant_that_runs_is_not_restored(data: Path, tmp_path: Path, wabot: Typed) -> None:
    files = made(wabot, data, "--output", tmp_path / "safe")
    before = tree(data)
    held = lock(data / "warung")
    said = wabot("restore", tmp_path / "safe", "--data", data, "--replace", "--format", "json")
    assert said.code == 3
    assert [one["tenant"] for one in said.data["restored"]] == ["toko"]
    assert {one["tenant"] for one in said.data["failed"]} == {"warung", "_node"}
    assert "another process runs warung" in said.err
    kept = {name: content for name, content in tree(data).items() if name.startswith("warung/")}
    assert kept == {name: content for name, content in before.items() if name.startswith("warung/")} | {
        "warung/lock": b""
    }
    os.close(held)
    assert wabot("restore", files[1], "--data", data, "--replace").code == 0


def test_of_a_folder_the_newest_sound_backup_of_each_tenant_is_taken(data: Path, tmp_path: Path, wabot: Typed) -> None:
    safe = tmp_path / "safe"
    (old,) = made(wabot, data, "--tenant", "warung", "--output", safe)
    (new,) = made(wabot, data, "--tenant", "warung", "--output", safe)
    new.write_bytes(new.read_bytes()[:2_000])
    said = wabot("restore", safe, "--data", tmp_path / "empty", "--tenant", "warung", "--format", "json")
    assert [one["file"] for one in said.data["restored"]] == [str(old)]
    assert "an older backup is taken" in said.err
    assert wabot("restore", safe, "--data", tmp_path / "empty", "--tenant", "kedai").code == 2
    assert wabot("restore", old, "--data", tmp_path / "empty", "--tenant", "toko").code == 2


@pytest.mark.parametrize("stop", ["ready", "moved", "halfway"])
def test_a_restore_that_was_killed_is_finished_by_the_next_start(
    data: Path, tmp_path: Path, wabot: Typed, stop: str
) -> None:
    (file,) = made(wabot, data, "--tenant", "warung", "--output", tmp_path / "safe")
    before = tree(data / "warung")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), str(data / "warung"), stop],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    from wabot.store.keeping.mending import open_kept

    descriptor = lock(data / "warung")
    store, mended = open_kept(data / "warung", "warung", lambda: 0)
    import asyncio

    asyncio.run(store.close())
    os.close(descriptor)
    assert not mended
    (aside,) = data.glob("warung.before-restore-*")
    assert tree(aside) == {name: content for name, content in before.items() if name != "lock"}
    assert read_summary(data / "warung", "warung").received == 1
    assert not (data / "warung" / ".restore").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from wabot.store.keeping import restore as restoring
from wabot.store.keeping.restore import restore, sound

archive, folder, stop = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
renamed, synced = Path.rename, restoring.sync_folder

def rename(self, target):
    done = renamed(self, target)
    staged = folder / ".restore"
    if stop == "ready" and self.name == "ready.draft":
        os.kill(os.getpid(), signal.SIGKILL)
    if stop == "halfway" and ".before-restore-" in str(target):
        os.kill(os.getpid(), signal.SIGKILL)
    if stop == "moved" and self.parent == staged / "new":
        os.kill(os.getpid(), signal.SIGKILL)
    return done

Path.rename = rename
restore(archive, sound(archive), folder, 1)
"""


def test_a_backup_that_was_killed_leaves_nothing_that_counts_and_the_next_one_sweeps_it_away(
    data: Path, tmp_path: Path, wabot: Typed
) -> None:
    safe = tmp_path / "safe"
    (safe / ".wabot-backup-999999999").mkdir(parents=True)
    (safe / ".warung-20260101T000000Z.tar.gz.999999999.draft").write_bytes(b"half")
    files = made(wabot, data, "--output", safe)
    assert sorted(safe.iterdir()) == sorted(files)
