"""What comes with a message beside its text, read from the library's own protobufs."""

import base64
from typing import Any

import pytest
from neonize.proto.waCommon import WACommon_pb2 as common
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

from wabot.channel.neonize.content import Content, read_content
from wabot.model.message import Attachment, Card


def key(id: str) -> Any:
    return common.MessageKey(remoteJID="6281200000001@s.whatsapp.net", fromMe=False, ID=id)


def context(**fields: Any) -> Any:
    return e2e.ContextInfo(**fields)


def extended(words: str, **fields: Any) -> Any:
    return e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text=words, contextInfo=context(**fields)))


def protocol(kind: str, **fields: Any) -> Any:
    number = e2e.ProtocolMessage.Type.Value(kind)
    return e2e.Message(protocolMessage=e2e.ProtocolMessage(type=number, key=key("3A07"), **fields))


def test_a_reply_names_the_message_that_it_quotes() -> None:
    quoted = e2e.Message(conversation="jam buka?")
    assert read_content(extended("yang ini", stanzaID="3A07", quotedMessage=quoted)) == Content(
        "text", "yang ini", quoted="3A07"
    )
    photo = e2e.ImageMessage(caption="ini", contextInfo=context(stanzaID="3A07"))
    assert read_content(e2e.Message(imageMessage=photo)).quoted == "3A07"


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"isForwarded": True, "forwardingScore": 5}, 5),
        ({"isForwarded": True}, 1),
        ({"forwardingScore": 5}, 0),
        ({}, 0),
    ],
)
def test_a_forwarded_message_says_how_often_it_was_passed_on(fields: dict[str, Any], count: int) -> None:
    assert read_content(extended("promo", **fields)).forwarded == count


EDITED = e2e.Message(conversation="jam tutup?")
FUTURE = e2e.FutureProofMessage


@pytest.mark.parametrize(
    "body",
    [
        protocol("MESSAGE_EDIT", editedMessage=EDITED),
        e2e.Message(editedMessage=FUTURE(message=protocol("MESSAGE_EDIT", editedMessage=EDITED))),
        e2e.Message(ephemeralMessage=FUTURE(message=protocol("MESSAGE_EDIT", editedMessage=EDITED))),
        protocol("MESSAGE_EDIT", editedMessage=extended("jam tutup?")),
    ],
)
def test_an_edit_brings_the_new_text_and_the_message_that_it_is_about(body: Any) -> None:
    assert read_content(body, "1") == Content("edit", "jam tutup?", about="3A07")


def test_an_edited_caption_is_the_new_text() -> None:
    photo = e2e.Message(imageMessage=e2e.ImageMessage(caption="yang biru"))
    assert read_content(protocol("MESSAGE_EDIT", editedMessage=photo)).text == "yang biru"


def test_a_revocation_and_a_reaction_name_their_message() -> None:
    assert read_content(protocol("REVOKE"), "7") == Content("revoke", about="3A07")
    reaction = e2e.Message(reactionMessage=e2e.ReactionMessage(key=key("3A07"), text="👍"))
    assert read_content(reaction) == Content("reaction", "👍", about="3A07")


def test_a_reaction_that_is_taken_back_is_no_revocation_of_a_message() -> None:
    # The stanza says "7" of both.
    gone = e2e.Message(reactionMessage=e2e.ReactionMessage(key=key("3A07"), text=""))
    assert read_content(gone, "7") == Content("reaction", "", about="3A07")


def test_what_cannot_be_read_is_about_no_message_so_that_it_changes_none() -> None:
    sealed = e2e.Message(encReactionMessage=e2e.EncReactionMessage(targetMessageKey=key("3A07")))
    assert read_content(sealed) == Content("reaction")
    assert read_content(e2e.Message(), "1") == Content("edit")


FILE: dict[str, Any] = {
    "mimetype": "image/jpeg",
    "fileLength": 120_000,
    "directPath": "/v/t62?x=1",
    "mediaKey": b"k" * 32,
    "fileSHA256": b"s" * 32,
    "fileEncSHA256": b"e" * 32,
}


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (e2e.Message(imageMessage=e2e.ImageMessage(**FILE)), Attachment("image/jpeg", 120_000)),
        (
            e2e.Message(documentMessage=e2e.DocumentMessage(**FILE, fileName="nota.pdf", title="Nota")),
            Attachment("image/jpeg", 120_000, "nota.pdf"),
        ),
        (e2e.Message(audioMessage=e2e.AudioMessage(**FILE, seconds=7)), Attachment("image/jpeg", 120_000, seconds=7)),
        (e2e.Message(videoMessage=e2e.VideoMessage(**FILE, seconds=9)), Attachment("image/jpeg", 120_000, seconds=9)),
        (e2e.Message(ptvMessage=e2e.VideoMessage(**FILE, seconds=9)), Attachment("image/jpeg", 120_000, seconds=9)),
        (e2e.Message(stickerMessage=e2e.StickerMessage(**FILE)), Attachment("image/jpeg", 120_000)),
    ],
)
def test_a_file_has_its_type_size_and_name_and_what_is_needed_to_download_it(body: Any, media: Attachment) -> None:
    found = read_content(body).media
    assert found is not None
    alone = e2e.Message.FromString(base64.b64decode(found.source))
    [(field, part)] = alone.ListFields()
    assert (part.directPath, part.mediaKey, part.fileLength) == ("/v/t62?x=1", b"k" * 32, 120_000)
    assert field.name == ("videoMessage" if body.HasField("ptvMessage") else body.ListFields()[0][0].name)
    assert (found.mime, found.size, found.name, found.seconds) == (media.mime, media.size, media.name, media.seconds)


def test_thumbnails_are_left_out_of_what_is_kept() -> None:
    photo = e2e.ImageMessage(**FILE, JPEGThumbnail=b"x" * 50_000)
    found = read_content(e2e.Message(imageMessage=photo)).media
    assert found is not None
    assert len(found.source) < 1_000


@pytest.mark.parametrize("path", ["@169.254.169.254/meta", "169.254.169.254", ".example.org/x?y"])
def test_a_path_that_would_lead_to_another_machine_is_no_path(path: str) -> None:
    """It is written behind the name of WhatsApp's server."""
    found = read_content(e2e.Message(imageMessage=e2e.ImageMessage(**{**FILE, "directPath": path}))).media
    assert found is not None
    assert not found.source


def test_what_the_sender_says_is_the_address_is_not_kept() -> None:
    found = read_content(e2e.Message(imageMessage=e2e.ImageMessage(**{**FILE, "URL": "https://10.0.0.1/"}))).media
    assert found is not None
    assert b"10.0.0.1" not in base64.b64decode(found.source)


def test_a_file_without_a_key_cannot_be_downloaded() -> None:
    found = read_content(e2e.Message(imageMessage=e2e.ImageMessage(mimetype="image/png", fileLength=5))).media
    assert found == Attachment("image/png", 5)


def test_a_location_has_a_place() -> None:
    place = e2e.LocationMessage(degreesLatitude=-6.9, degreesLongitude=107.6, name="Toko", address="Jl. Melati")
    found = read_content(e2e.Message(locationMessage=place)).media
    assert found == Attachment(latitude=-6.9, longitude=107.6, place="Toko, Jl. Melati")


VCARD = """BEGIN:VCARD
VERSION:3.0
FN:Ani
item1.TEL;waid=6281200000002:+62 812-0000-0002
TEL;type=CELL:0812 3333 4444
END:VCARD"""


def test_contact_cards_have_their_names_and_numbers() -> None:
    ani = e2e.ContactMessage(displayName="Ani", vcard=VCARD)
    card = Card("Ani", ("6281200000002", "081233334444"))
    assert read_content(e2e.Message(contactMessage=ani)).media == Attachment(cards=(card,))
    both = e2e.ContactsArrayMessage(contacts=[ani, e2e.ContactMessage(displayName="Budi", vcard="?")])
    assert read_content(e2e.Message(contactsArrayMessage=both)).media == Attachment(cards=(card, Card("Budi")))


@pytest.mark.parametrize(
    ("field", "part", "text", "place"),
    [
        (1, b"halo \xff\xfe", "halo \ufffd\ufffd", ""),
        (5, b"\x1a\x03to\xff", "", "to\ufffd"),
    ],
)
def test_bytes_that_are_no_text_are_read_as_far_as_they_are(field: int, part: bytes, text: str, place: str) -> None:
    read = read_content(e2e.Message.FromString(bytes([field << 3 | 2, len(part)]) + part))

    assert read.text == text
    assert (read.media.place if read.media else "") == place
