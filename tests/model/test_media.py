"""What a file goes out as: by its name, and by how it begins."""

import pytest

from wabot.model.media import media_type, mime_type, unsendable

JPEG, PNG = b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("menu.png", "image"),
        ("MENU.JPG", "image"),
        ("menu.jpeg", "image"),
        ("menu.webp", "document"),
        ("menu.gif", "document"),
        ("daftar harga.pdf", "document"),
        ("menu", "document"),
    ],
)
def test_only_what_phones_show_in_the_chat_is_a_picture(name: str, kind: str) -> None:
    assert media_type(name) == kind


@pytest.mark.parametrize(
    ("name", "head", "mime"),
    [
        ("menu.png", PNG, "image/png"),
        ("menu.png", JPEG, "image/jpeg"),
        ("menu.jpg", b"%PDF-1.7", "application/pdf"),
        ("harga.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (
            "harga.xlsx",
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("harga.pdf", b"PK\x03\x04", "application/zip"),
        ("harga.csv", b"nasi,15000", "text/csv"),
        ("harga.txt", b"", "text/plain"),
        ("lagu", b"ID3\x04", "audio/mpeg"),
        ("rahasia", b"\x00\x01", "application/octet-stream"),
    ],
)
def test_a_file_is_what_it_begins_with_and_only_else_what_it_is_called(name: str, head: bytes, mime: str) -> None:
    assert mime_type(name, head) == mime


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("menu.png", 0, "is empty"),
        ("menu.png", 16_000_000, ""),
        ("menu.png", 16_100_000, "has 16.1 MB; a picture may have 16 MB"),
        ("harga.pdf", 100_000_000, ""),
        ("harga.pdf", 250_000_000, "has 250.0 MB; a document may have 100 MB"),
    ],
)
def test_what_whatsapp_does_not_take_is_said_with_the_sizes(name: str, size: int, why: str) -> None:
    assert unsendable(name, size) == why
