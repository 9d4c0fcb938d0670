"""The channel and the store keep files of one link beside each other, and neither imports the other."""

from pathlib import Path

from wabot.channel.neonize import linked
from wabot.store.keeping import layout


def test_a_pairing_that_begins_is_marked_where_the_backup_looks_for_it(tmp_path: Path) -> None:
    linked.begin(tmp_path / layout.KEYS)
    assert (tmp_path / layout.PAIRING).exists()


def test_keys_that_are_forgotten_take_their_encrypted_copy_along(tmp_path: Path) -> None:
    (tmp_path / layout.KEYS_BACKUP).write_bytes(b"x")
    linked.forget(tmp_path / layout.KEYS)
    assert list(tmp_path.iterdir()) == []


def test_a_lost_key_store_comes_back_from_its_copy_and_one_that_was_unlinked_does_not(tmp_path: Path) -> None:
    data = tmp_path / "toko melati"
    data.mkdir()
    assert linked.restore_command(data) == ""
    (data / layout.KEYS_BACKUP).write_bytes(b"x")
    assert linked.restore_command(data) == f"wabot sessions restore 'toko melati' --data {tmp_path}"
    (data / layout.KEYS).touch()  # made by a session that then found no keys
    assert linked.restore_command(data)
    (data / layout.KEYS).write_bytes(b"SQLite")
    assert linked.restore_command(data) == ""
