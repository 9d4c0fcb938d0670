"""The encrypted file: opened by its key, for its tenant, whole, or not at all."""

import base64
import struct

import pytest

from wabot.model.errors import BackupError
from wabot.store.keeping.sealing import key_from, made_at, seal, unseal

KEY, OTHER = bytes(range(32)), bytes(32)
AT = 1_769_569_200_000
CONTENT = b"SQLite format 3\0" + b"identity" * 500


def refused(file: bytes, key: bytes = KEY, tenant: str = "warung") -> str:
    with pytest.raises(BackupError) as told:
        unseal(file, key, tenant)
    return str(told.value)


def test_what_was_sealed_comes_back_and_is_not_to_be_read_in_the_file() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    opened = unseal(file, KEY, "warung")
    assert (opened.content, opened.made_at, made_at(file)) == (CONTENT, AT, AT)
    assert b"identity" not in file
    assert seal(CONTENT, KEY, "warung", AT) != file  # a nonce is used once


def test_the_format_is_the_documented_one() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    magic, version, at, _which, length = struct.unpack(">8sBQ8sH", file[:27])
    assert (magic, version, at, file[27 : 27 + length]) == (b"wabotkey", 1, AT, b"warung")


def test_another_key_and_another_tenant_are_named() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    assert "another key than WHATSAPP_ENCRYPTION_KEY" in refused(file, key=OTHER)
    assert "of the tenant 'warung', not of 'toko'" in refused(file, tenant="toko")


def test_a_file_that_says_it_is_another_tenants_does_not_open() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    assert "it was changed" in refused(file.replace(b"warung", b"tokoku"), tenant="tokoku")


def test_no_bit_of_it_can_be_changed() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    for place in range(len(file)):
        for bit in (0, 7):
            changed = bytearray(file)
            changed[place] ^= 1 << bit
            assert refused(bytes(changed)), place


def test_no_part_of_it_can_be_missing_and_nothing_added() -> None:
    file = seal(CONTENT, KEY, "warung", AT)
    for size in range(len(file)):
        assert refused(file[:size]), size
    assert "it was changed" in refused(file + b"\0")


def test_a_format_to_come_is_told_from_a_damaged_one() -> None:
    file = bytearray(seal(CONTENT, KEY, "warung", AT))
    file[8] = 2
    assert "of a newer wabot (format 2)" in refused(bytes(file))
    assert "no encrypted backup" in refused(b"SQLite format 3\0" * 50)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (base64.b64encode(KEY).decode(), KEY),
        (base64.b64encode(KEY).decode().rstrip("="), KEY),
        (base64.urlsafe_b64encode(b"\xff" * 32).decode(), b"\xff" * 32),
        (KEY.hex(), KEY),
        (KEY.hex().upper(), KEY),
        ("a key of 32 characters, as it is", b"a key of 32 characters, as it is"),
    ],
)
def test_a_key_may_be_written_in_these_ways(text: str, key: bytes) -> None:
    assert key_from(text) == key


@pytest.mark.parametrize("text", ["short", "x" * 33, base64.b64encode(bytes(16)).decode(), "z" * 64, "é" * 32])
def test_a_key_that_is_none_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be 32 bytes, as base64; `openssl rand -base64 32` makes one") as told:
        key_from(text)
    assert text not in str(told.value)
