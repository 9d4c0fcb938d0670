"""Customers' files on disk: under names of ours, whole, and for the owner alone."""

from pathlib import Path

import pytest

from wabot.store.media import MediaFolder, ending

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b"\xff\xd8\xff\xe0..", "image/jpeg", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "png"),
        (b"RIFF....WEBP", "image/webp", "webp"),
        (b"%PDF-1.7", "application/pdf", "pdf"),
        (b"OggS....", "audio/ogg; codecs=opus", "ogg"),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4", "m4a"),
        (b"PK\x03\x04..", DOCX, "docx"),
        (b"PK\x03\x04..", "application/vnd.android.package-archive", "zip"),
        (b"a;b\n", "text/csv", "csv"),
        (b"a\0b", "text/plain", "bin"),
        (b"#!/bin/sh\n", "text/x-shellscript", "bin"),
        (b"<html>", "text/html", "bin"),
        (b"<svg", "image/svg+xml", "bin"),
        (b"MZ\x90", "image/jpeg", "bin"),
        (b"", "", "bin"),
        (b"x", "../../jpg", "bin"),
    ],
)
def test_the_ending_is_of_a_fixed_list_by_the_content_first(content: bytes, declared: str, expected: str) -> None:
    assert ending(content, declared) == expected


def test_a_file_is_whole_and_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path / "warung")
    name = folder.write("019c", b"%PDF-1.7 nota", "application/pdf")
    file = tmp_path / "warung" / "media" / name
    assert (name, file.read_bytes()) == ("019c.pdf", b"%PDF-1.7 nota")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert folder.names() == ["019c.pdf"]


def test_what_a_killed_process_left_half_written_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path)
    (tmp_path / "media").mkdir()
    outside = tmp_path / "keys.db"
    outside.write_bytes(b"keys")
    (tmp_path / "media" / "019c.part").symlink_to(outside)
    assert folder.write("019c", b"x", "") == "019c.bin"
    assert outside.read_bytes() == b"keys"


def test_nothing_outside_the_folder_can_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "wabot.db").write_bytes(b"db")
    MediaFolder(tmp_path).delete(["../wabot.db", "", "never.jpg"])
    assert (tmp_path / "wabot.db").exists()
    assert MediaFolder(tmp_path / "nowhere").names() == []
