"""Which files people may send: told by what is in them, named so that nothing runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.model.sendable import MIMES, clean_name, kind

JPEG, PDF, ZIP = b"\xff\xd8\xff\xe0JFIF", b"%PDF-1.7\n", b"PK\x03\x04\x14\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ending(head: bytes, name: str) -> str | None:
    found = kind(head, name, text=b"\0" not in head)
    return found and found.ending


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (JPEG, "foto.jpg", "jpg"),
        (JPEG, "foto.JPEG", "jpeg"),
        (JPEG, "foto.exe", "jpg"),
        (JPEG, "", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "foto.jpg", "png"),
        (PDF, "nota", "pdf"),
        (ZIP, "daftar.xlsx", "xlsx"),
        (ZIP, "semua.zip", "zip"),
        (OLE, "surat.DOC", "doc"),
        (b"\0\0\0\x18ftypmp42", "video.mov", "mp4"),
        (b"halo kak", "catatan.txt", "txt"),
        (b"a;b\n1;2", "harga.csv", "csv"),
    ],
)
def test_a_file_is_what_is_in_it_and_its_name_decides_only_what_that_leaves_open(
    head: bytes, name: str, expected: str
) -> None:
    assert ending(head, name) == expected


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"MZ\x90\0\x03", "nota.pdf"),
        (b"MZ only text", "nota.txt"),
        (b"\x7fELF\x02\x01", "nota.txt"),
        (b"#!/bin/sh\n", "nota.txt"),
        (b"<!DOCTYPE html><script>", "nota.txt"),
        (b"\xef\xbb\xbf \n<svg onload=alert(1)>", "foto.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto.svg"),
        (b"<?xml version='1.0'?><svg/>", "foto.csv"),
        (ZIP, "aplikasi.apk"),
        (ZIP, "aplikasi.jar"),
        (ZIP, "tanpa-nama"),
        (OLE, "pasang.msi"),
        (b"@echo off", "jalankan.bat"),
        (b"alert(1)", "a.js"),
        (b"\0\1\2\3", "x.txt"),
        (b"\0\1\2\3", "x.jpg"),
        (b"", "x.txt"),
        (b"Rar!\x1a\x07\0", "x.zip"),
    ],
)
def test_what_something_would_run_or_nobody_knows_is_not_sent(head: bytes, name: str) -> None:
    assert ending(head, name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nota.pdf", "nota.pdf"),
        ("Nota Ibu.PDF", "Nota Ibu.pdf"),
        ("foto.png", "foto.pdf"),
        ("laporan.v2", "laporan.v2.pdf"),
        ("nota.exe", "nota.exe.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\sari\\nota.pdf", "nota.pdf"),
        ("nota\u202efdp.exe", "notafdp.exe.pdf"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("  . . ", "file.pdf"),
        (".pdf", "file.pdf"),
        ("", "file.pdf"),
        ("daftar harga – año.pdf", "daftar harga – año.pdf"),
    ],
)
def test_a_name_is_made_safe_and_gets_the_ending_of_what_is_in_the_file(name: str, expected: str) -> None:
    assert clean_name(name, "pdf") == expected


@given(st.text(max_size=400), st.sampled_from(sorted(MIMES)))
def test_every_name_becomes_one_that_a_folder_takes_and_whose_ending_is_ours(name: str, ending: str) -> None:
    made = clean_name(name, ending)
    assert made.endswith(f".{ending}")
    assert len(made.encode()) <= 105
    assert not set(made) & set('/\\\0\n\r"<>:|?*\u202e')
    assert made not in (".", "..")
    assert not made.startswith(".")
    assert clean_name(made, ending) == made
