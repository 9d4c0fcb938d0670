"""Archives of exported chats as they lie in inboxes: whole, or damaged, locked, or packed in some odd way."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.examples import examples
from tests.tenants import write_tenant
from wabot.analytics.replaying.exported import read_chat
from wabot.engine.load import load_tenant
from wabot.language.rule_set import Tenant
from wabot.model.errors import UsageError

KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Tenant:
    loaded = load_tenant(write_tenant(tmp_path_factory.mktemp("rules"))).rule_set
    assert loaded is not None
    return loaded.tenant


def archive(kind: int) -> bytes:
    lines = "".join(f"31/12/23 20.{minute} - Budi: Halo kak, {minute * 7919}?\n" for minute in range(10, 60))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", kind) as written:
        written.writestr("_chat.txt", f"{lines}31/12/23 21.00 - Warung: Baik kak\n")
        written.writestr("café.jpg", b"a picture")
    return packed.getvalue()


def patched(content: bytes, *, flags: int = 0, method: int | None = None) -> bytes:
    """The archive with these flags, packed as `method`, in the chat's own header and in the list of all files."""
    bits = bytearray(content)
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = bits.index(header) + place
        bits[at] |= flags
        if method is not None:
            bits[at + 2 : at + 4] = method.to_bytes(2, "little")
    return bytes(bits)


def damaged(content: bytes) -> bytes:
    """The archive with noise where the chat is."""
    at = content.index(b"_chat.txt") + 60
    return content[:at] + bytes(byte ^ 0x5A for byte in content[at : at + 60]) + content[at + 60 :]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_read_however_it_is_packed(tmp_path: Path, tenant: Tenant, kind: int) -> None:
    path = tmp_path / "WhatsApp Chat - Budi.zip"
    path.write_bytes(archive(kind))
    read = read_chat(path, tenant, "Warung")
    assert (read.shop, read.customer, len(read.export.entries)) == ("Warung", "Budi", 51)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        *((damaged(archive(kind)), "") for kind in KINDS),
        (archive(zipfile.ZIP_STORED).replace("é".encode(), b"\xc3\xff"), "can't decode byte"),
        (patched(archive(zipfile.ZIP_DEFLATED), flags=1), "password required"),
        (patched(archive(zipfile.ZIP_DEFLATED), method=99), "compression method is not supported"),
        (archive(zipfile.ZIP_STORED)[:600] + archive(zipfile.ZIP_STORED)[-120:], ""),
    ],
)
def test_an_archive_that_cannot_be_read_is_refused(tmp_path: Path, tenant: Tenant, content: bytes, why: str) -> None:
    path = tmp_path / "chat.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=rf"chat\.zip.* cannot be read: (?=.).*{why}"):
        read_chat(path, tenant, "Warung")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@examples(400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_befell_an_archive_it_is_read_or_refused(
    tmp_path: Path, tenant: Tenant, kind: int, data: st.DataObject
) -> None:
    bits = bytearray(archive(kind))
    for at in data.draw(st.lists(st.integers(0, len(bits) - 1), min_size=1, max_size=4)):
        bits[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(len(bits) // 2, len(bits)))
    path = tmp_path / "chat.zip"
    path.write_bytes(bits[:end] if data.draw(st.booleans()) else bits)
    with suppress(UsageError):
        read_chat(path, tenant, "Warung")
