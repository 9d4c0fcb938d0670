"""Files between people and the real client, both ways."""

import base64
import os

import pytest

from tests.whatsapp.bare.client import CallFailed, Linked
from tests.whatsapp.people import content
from tests.whatsapp.people.content import FIELDS, Kind

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.parametrize("kind", FIELDS)
async def test_the_client_downloads_what_a_customer_sends(linked: Linked, kind: Kind) -> None:
    budi = linked.whatsapp.customer("Budi")
    data = os.urandom(20_000)
    caption = "ini buktinya" if kind in ("image", "video", "document") else ""
    await budi.sends(content.file(linked.whatsapp.media, kind, data, caption=caption, name="nota.pdf"))
    told = await linked.client.tells("Message")
    part = getattr(told.Message, FIELDS[kind])
    assert (told.Info.MediaType, part.fileLength, getattr(part, "caption", "")) == (kind, len(data), caption)
    assert await linked.client.call("download_any", told.Message) == data


async def test_a_voice_note_is_told_apart_from_music(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    await budi.sends(content.voice_note(linked.whatsapp.media, b"OggS suara"))
    told = await linked.client.tells("Message")
    assert (told.Info.MediaType, told.Message.audioMessage.PTT) == ("ptt", True)
    assert await linked.client.call("download_any", told.Message) == b"OggS suara"


async def test_a_file_that_the_server_has_no_more_cannot_be_downloaded(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    await budi.sends(content.file(linked.whatsapp.media, "image", b"foto"))
    told = await linked.client.tells("Message")
    linked.whatsapp.media.files.clear()
    with pytest.raises(CallFailed, match="404"):
        await linked.client.call("download_any", told.Message)


async def test_a_customer_gets_pictures_and_documents_of_the_client(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    await linked.client.call("send_image", budi.jid, PIXEL, "menu hari ini")
    picture = await budi.hears("menu hari ini")
    assert content.fetch(linked.whatsapp.media, picture.content) == PIXEL
    await linked.client.call("send_document", budi.jid, b"%PDF-1.7 daftar", "daftar harga", filename="harga.pdf")
    document = await budi.hears("daftar harga")
    assert document.content.documentMessage.fileName == "harga.pdf"
    assert content.fetch(linked.whatsapp.media, document.content) == b"%PDF-1.7 daftar"
    assert not budi.unreadable
