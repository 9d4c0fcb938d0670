"""Files both ways, through the real client: what the shop sends arrives whole, what customers send lies on the disk."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from tests.whatsapp.live import RULES, Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.people import content
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.person import PATIENCE
from wabot.model.ids import uuid7
from wabot.model.message import Card
from wabot.model.stored import PersonSays, StoredMessage, StoredReply
from wabot.session.clock import RealClock
from wabot.store.outgoing import OutgoingFolder
from wabot.store.sqlite import reading, uploads
from wabot.store.sqlite.answering import person_says
from wabot.store.sqlite.operating import writing

PDF: Final = b"%PDF-1.7 " + bytes(range(256)) * 40
FILES: Final = """\
  - {id: menu, trigger: {type: keyword, keywords: [menu]}, response: {type: media, file: menu.png, caption: Ini kak}}
  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: {type: media, file: daftar harga.pdf}}
"""


def photo() -> bytes:
    made = BytesIO()
    Image.effect_noise((640, 320), 60).save(made, "PNG")
    return made.getvalue()


async def shop_with_files(live: Live, paired: Paired) -> Path:
    """A daemon whose rules send files; the folder in which they lie."""
    phone = live.phone(paired)
    folder = live.tenant(text=FILES + RULES) / "media"
    folder.mkdir()
    (folder / "menu.png").write_bytes(photo())
    (folder / "daftar harga.pdf").write_bytes(PDF)
    await live.start()
    await phone.connected()
    return folder


async def sender_to_a_shop_that_downloads(live: Live, paired: Paired) -> Customer:
    """A customer of a daemon that downloads every kind of file."""
    phone = live.phone(paired)
    with (live.tenant() / "tenant.yaml").open("a") as tenant:
        tenant.write("media: {download: true, max_size: 20kB, types: [image, video, audio, document, sticker]}\n")
    await live.start()
    await phone.connected()
    return live.whatsapp.customer("Budi", "6281234567801")


def stored(live: Live, customer: Customer) -> dict[str, StoredMessage]:
    """The chat's messages by WhatsApp's id."""
    with reading(live.data / "warung", "warung") as store:
        return {said.wa_id: said for said in store.messages(customer.lid, 50)}


def troubled(live: Live) -> list[StoredReply]:
    """The replies that wait, or came to nothing."""
    with reading(live.data / "warung", "warung") as store:
        return list(store.outbox(0))


async def until(happened: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not happened():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None


async def test_a_picture_and_a_document_reach_customers_whole_and_are_uploaded_once(
    live: Live, paired_once: Paired
) -> None:
    folder = await shop_with_files(live, paired_once)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    siti = live.whatsapp.customer("Siti", "6281234567802", addressing="pn")
    for customer in (budi, siti):
        await customer.says("menu")
        heard = await customer.hears("Ini kak")
        picture = heard.content.imageMessage
        assert (picture.mimetype, picture.width, picture.height) == ("image/png", 640, 320)
        assert content.fetch(live.whatsapp.media, heard.content) == (folder / "menu.png").read_bytes()
        with Image.open(BytesIO(picture.JPEGThumbnail)) as small:
            assert small.size == (100, 50)
    await budi.says("harga")
    heard = await budi.hears()
    document = heard.content.documentMessage
    assert (document.fileName, document.mimetype) == ("daftar harga.pdf", "application/pdf")
    assert (document.fileLength, document.HasField("caption")) == (len(PDF), False)
    assert content.fetch(live.whatsapp.media, heard.content) == PDF
    assert sum(request.startswith("POST") for request in live.whatsapp.media.requests) == 2
    assert not budi.unreadable
    assert not siti.unreadable


async def test_a_file_goes_out_as_the_last_good_rules_had_it_and_else_fails_with_a_sentence(
    live: Live, paired_once: Paired
) -> None:
    folder = await shop_with_files(live, paired_once)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    (folder / "menu.png").unlink()  # half of a change
    await live.says("there is no file `menu.png` in media/")
    await budi.says("menu")
    await budi.hears("Ini kak")
    (live.data / "warung" / "rules.good" / "warung" / "media" / "daftar harga.pdf").unlink()
    (folder / "daftar harga.pdf").unlink()
    await budi.says("harga")
    await until(lambda: any(one.status == "failed" for one in troubled(live)), "the reply fails")
    [failed] = troubled(live)
    assert failed.error == "the file daftar harga.pdf is not there (any more): there is nothing to send."


async def test_an_upload_that_fails_is_tried_again_and_nothing_is_unknown(
    live: Live, paired_once: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop_with_files(live, paired_once)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    answer, failures = live.whatsapp.media._answer, ["503 Service Unavailable"]

    def fails_once(method: str, target: str, body: bytes) -> tuple[str, bytes]:
        return (failures.pop(), b"") if method == "POST" and failures else answer(method, target, body)

    monkeypatch.setattr(live.whatsapp.media, "_answer", fails_once)
    await budi.says("menu")
    await budi.hears("Ini kak")
    assert not failures

    def sent() -> list[str]:
        return [one.status for one in stored(live, budi).values() if one.sender == "auto_reply"]

    await until(lambda: sent() == ["delivered"], "one reply is delivered, once")
    assert [heard.text for heard in budi.heard] == ["Ini kak"]


async def test_what_customers_send_is_stored_and_lies_on_the_disk_byte_for_byte(
    live: Live, paired_once: Paired
) -> None:
    whatsapp, budi = live.whatsapp, await sender_to_a_shop_that_downloads(live, paired_once)

    async def sends(kind: content.Kind, data: bytes, caption: str = "") -> str:
        return await budi.sends(content.file(whatsapp.media, kind, data, caption=caption))

    jpeg = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
    nota = content.file(whatsapp.media, "document", PDF, caption="ini nota", name="nota.pdf")
    sent = {
        await sends("image", jpeg, "jam buka?"): jpeg,
        await sends("audio", b"OggS voice"): b"OggS voice",
        await sends("video", b"\0\0\0\x18ftypmp42", "begini"): b"\0\0\0\x18ftypmp42",
        await sends("sticker", b"RIFF....WEBPVP8 "): b"RIFF....WEBPVP8 ",
        await budi.sends(content.captioned(nota)): PDF,
    }
    image, voice, video, _, document = sent
    large = await sends("image", b"\xff\xd8\xff" + b"x" * 20_000)
    lie = content.file(whatsapp.media, "image", b"\xff\xd8\xff" + b"y" * 60_000)
    lie.imageMessage.fileLength = 100
    liar = await budi.sends(lie)
    gone = content.file(whatsapp.media, "image", b"\xff\xd8\xff gone")
    whatsapp.media.files.pop(gone.imageMessage.directPath.split("?")[0])
    missing = await budi.sends(gone)
    where = await budi.sends(content.location(-6.2, 106.8, "Pasar Minggu", "Jl. Raya 1"))
    ani, dedi = content.contact("Ani", "6281234567803"), content.contact("Dedi", "6281234567804")
    card = await budi.sends(ani)
    two = await budi.sends(content.contacts(ani, dedi))
    await budi.hears("Kami buka")  # the caption of a picture is answered like a text

    def settled() -> bool:
        said = stored(live, budi)
        wanted = (*sent, large, liar, missing)
        return two in said and all(id in said and (said[id].media_file or said[id].media_error) for id in wanted)

    await until(settled, "every file is there, or given up")
    said = stored(live, budi)
    for id, data in sent.items():
        assert (live.data / "warung" / "media" / said[id].media_file).read_bytes() == data
    assert [said[id].type for id in sent] == ["image", "audio", "video", "sticker", "document"]
    assert [Path(said[id].media_file).suffix for id in sent] == [".jpg", ".ogg", ".mp4", ".webp", ".pdf"]
    assert (said[image].text, said[video].text, said[document].text) == ("jam buka?", "begini", "ini nota")
    told = {id: one.media for id, one in said.items() if one.media is not None}
    assert (told[document].name, told[document].size, told[document].mime) == ("nota.pdf", len(PDF), "application/pdf")
    assert (told[voice].seconds, told[voice].mime) == (3, "audio/ogg; codecs=opus")
    assert (told[where].latitude, told[where].longitude) == (-6.2, 106.8)
    assert told[where].place == "Pasar Minggu, Jl. Raya 1"
    assert told[card].cards == (Card("Ani", ("6281234567803",)),)
    assert [one.name for one in told[two].cards] == ["Ani", "Dedi"]
    assert (said[where].type, said[card].type, said[two].type) == ("location", "contact", "contact")
    assert said[large].media_error == "it is larger than media.max_size (0.02 MB)"
    assert said[missing].media_error.startswith("WhatsApp has it no more")
    assert said[liar].media_error == said[large].media_error  # whatever its sender says
    # A file is asked for twice, first for its size alone.
    asked = [f"GET {part.directPath.split('?')[0]}" for part in (nota.documentMessage, lie.imageMessage)]
    assert [whatsapp.media.requests.count(one) for one in asked] == [2, 1]
    assert len(list((live.data / "warung" / "media").iterdir())) == len(sent)


async def test_a_sender_cannot_have_the_shops_machine_ask_anybody_but_whatsapp(live: Live, paired_once: Paired) -> None:
    whatsapp, budi = live.whatsapp, await sender_to_a_shop_that_downloads(live, paired_once)
    named = content.file(whatsapp.media, "image", b"\xff\xd8\xff a")
    named.imageMessage.URL = "https://169.254.169.254/latest/meta-data"
    by_url = await budi.sends(named)
    led = content.file(whatsapp.media, "image", b"\xff\xd8\xff b")
    led.imageMessage.URL, led.imageMessage.directPath = "", "@169.254.169.254/latest/meta-data?x"
    by_path = await budi.sends(led)
    ids = (by_url, by_path)

    def settled() -> bool:
        said = stored(live, budi)
        return all(id in said and (said[id].media_file or said[id].media_error) for id in ids)

    await until(settled, "both are dealt with")
    assert (live.data / "warung" / "media" / stored(live, budi)[by_url].media_file).read_bytes() == b"\xff\xd8\xff a"
    assert stored(live, budi)[by_path].media_error == "it came without a key"
    assert all(asked.allowed for asked in whatsapp.proxy.asked)


async def test_a_link_that_took_a_files_place_sends_nothing_and_leaves_the_chat_to_a_person(
    live: Live, paired_once: Paired
) -> None:
    folder = await shop_with_files(live, paired_once)
    secret = live.data / "node-secret.txt"
    secret.write_bytes(photo())
    # Both the files and the copy of the rules: whoever could write there would have neither checked.
    copy = live.data / "warung" / "rules.good" / "warung" / "media"
    await until((copy / "menu.png").exists, "the rules are copied")
    for place in (copy, folder):
        (place / "menu.png").unlink()
        (place / "menu.png").symlink_to(secret)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("menu")
    await until(lambda: [reply.status for reply in troubled(live)] == ["failed"], "the reply is refused")
    assert "lies outside of the tenant's folder" in troubled(live)[0].error
    with reading(live.data / "warung", "warung") as store:
        assert [chat.status for chat in store.conversations()] == ["pending"]
    assert not budi.heard


async def test_a_file_that_a_person_uploaded_reaches_the_customer_whole_and_under_its_name(
    live: Live, paired_once: Paired
) -> None:
    await shop_with_files(live, paired_once)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("menu")
    await budi.hears("Ini kak")
    data, now = live.data / "warung", RealClock().now()
    draft = OutgoingFolder(data).begin(uuid7(now))
    draft.write(PDF)
    draft.keep("Nota Ibu – 12.pdf")
    with writing(data, "warung") as ask:
        upload = uploads.Upload(draft.id, "Nota Ibu – 12.pdf", "application/pdf", len(PDF), now)
        uploads.add(ask, upload, "sari@warung.id")
        said = PersonSays(budi.lid, "Ini notanya kak", "sari@warung.id", "Sari")
        row = ask("conversation_of_chat", chat=budi.lid).fetchone()
        assert uploads.attach(ask, person_says(ask, row, said, now), upload, now)
    heard = await budi.hears("Ini notanya kak")
    document = heard.content.documentMessage
    assert (document.fileName, document.mimetype) == ("Nota Ibu – 12.pdf", "application/pdf")
    assert content.fetch(live.whatsapp.media, heard.content) == PDF
