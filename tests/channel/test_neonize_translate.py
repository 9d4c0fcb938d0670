"""WhatsApp's events as wabot's values: a table of the library's own protobufs."""

from collections.abc import Callable
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire
from neonize.proto.waCommon import WACommon_pb2 as common
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.translate import Ack, read_message, read_receipt, says_nothing
from wabot.model.message import ChatKind, Message

PHONE, LID, OWN = "6281234567890", "200000000000001", "628111000111"


def jid(user: str, server: str, device: int = 0) -> Any:
    return wire.JID(User=user, Server=server, Device=device, RawAgent=0, Integrator=0, IsEmpty=False)


ANA_LID, ANA_PHONE, NOBODY = jid(LID, "lid"), jid(PHONE, "s.whatsapp.net"), jid("", "")


def event(
    body: Any,
    *,
    chat: Any = ANA_LID,
    sender: Any = ANA_LID,
    sender_alt: Any = ANA_PHONE,
    recipient_alt: Any = NOBODY,
    from_me: bool = False,
    category: str = "",
    edit: str = "",
    is_edit: bool = False,
) -> Any:
    """A MessageEv as the library delivers it, through the wire format."""
    source = wire.MessageSource(
        Chat=chat,
        Sender=sender,
        SenderAlt=sender_alt,
        RecipientAlt=recipient_alt,
        IsFromMe=from_me,
        IsGroup=chat.Server == "g.us",
        BroadcastListOwner=NOBODY,
    )
    info = wire.MessageInfo(
        MessageSource=source,
        ID="3A01",
        ServerID=0,
        Type="text",
        Pushname="Ana",
        Timestamp=1_795_423_556,
        Category=category,
        Multicast=False,
        MediaType="",
        Edit=edit,
    )
    built = wire.Message(Info=info, Message=body, IsEdit=is_edit)
    return wire.Message.FromString(built.SerializePartialToString())


def text(words: str) -> Any:
    return e2e.Message(conversation=words)


def protocol(kind: str) -> Any:
    number = e2e.ProtocolMessage.Type.Value(kind)
    return e2e.Message(protocolMessage=e2e.ProtocolMessage(type=number))


def wrapped(envelope: str, body: Any) -> Any:
    return e2e.Message(**{envelope: e2e.FutureProofMessage(message=body)})


PHOTO = e2e.Message(imageMessage=e2e.ImageMessage(caption="ini ada?"))
FILE = e2e.Message(documentMessage=e2e.DocumentMessage(caption="pesanan", fileName="pesanan.pdf"))
STICKER = e2e.Message(stickerMessage=e2e.StickerMessage())
CONTENTS = [
    (text("jam buka?"), "text", "jam buka?"),
    (e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text="jam buka?")), "text", "jam buka?"),
    (PHOTO, "image", "ini ada?"),
    (e2e.Message(imageMessage=e2e.ImageMessage()), "image", ""),
    (e2e.Message(videoMessage=e2e.VideoMessage(caption="rusak")), "video", "rusak"),
    (e2e.Message(ptvMessage=e2e.VideoMessage()), "video", ""),
    (e2e.Message(audioMessage=e2e.AudioMessage(PTT=True)), "audio", ""),
    (FILE, "document", "pesanan"),
    (STICKER, "sticker", ""),
    (e2e.Message(locationMessage=e2e.LocationMessage(comment="di sini")), "location", "di sini"),
    (e2e.Message(liveLocationMessage=e2e.LiveLocationMessage(caption="jalan")), "location", "jalan"),
    (e2e.Message(contactMessage=e2e.ContactMessage(displayName="Budi")), "contact", ""),
    (e2e.Message(contactsArrayMessage=e2e.ContactsArrayMessage()), "contact", ""),
    (wrapped("ephemeralMessage", text("halo")), "text", "halo"),
    (wrapped("viewOnceMessage", PHOTO), "image", "ini ada?"),
    (wrapped("viewOnceMessageV2", PHOTO), "image", "ini ada?"),
    (wrapped("viewOnceMessageV2Extension", e2e.Message(audioMessage=e2e.AudioMessage())), "audio", ""),
    (wrapped("documentWithCaptionMessage", FILE), "document", "pesanan"),
    (wrapped("lottieStickerMessage", STICKER), "sticker", ""),
    (wrapped("ephemeralMessage", wrapped("viewOnceMessageV2", PHOTO)), "image", "ini ada?"),
    (e2e.Message(deviceSentMessage=e2e.DeviceSentMessage(message=text("halo"))), "text", "halo"),
    (
        e2e.Message(buttonsResponseMessage=e2e.ButtonsResponseMessage(selectedDisplayText="Pesan")),
        "text",
        "Pesan",
    ),
    (e2e.Message(listResponseMessage=e2e.ListResponseMessage(title="Menu")), "text", "Menu"),
    (e2e.Message(reactionMessage=e2e.ReactionMessage(text="👍")), "reaction", "👍"),
    (e2e.Message(encReactionMessage=e2e.EncReactionMessage()), "reaction", ""),
    (e2e.Message(pollUpdateMessage=e2e.PollUpdateMessage()), "poll_vote", ""),
    (protocol("REVOKE"), "revoke", ""),
    (protocol("MESSAGE_EDIT"), "edit", ""),
    (wrapped("editedMessage", protocol("MESSAGE_EDIT")), "edit", ""),
    (wrapped("ephemeralMessage", protocol("REVOKE")), "revoke", ""),
    (protocol("APP_STATE_SYNC_KEY_SHARE"), "other", ""),
    (protocol("HISTORY_SYNC_NOTIFICATION"), "other", ""),
    (protocol("EPHEMERAL_SETTING"), "other", ""),
    (e2e.Message(pollCreationMessage=e2e.PollCreationMessage(name="Kapan?")), "other", ""),
    (e2e.Message(albumMessage=e2e.AlbumMessage()), "other", ""),
    (e2e.Message(senderKeyDistributionMessage=e2e.SenderKeyDistributionMessage()), "other", ""),
    (e2e.Message(), "other", ""),
]


@pytest.mark.parametrize(("body", "kind", "words"), CONTENTS)
def test_a_message_has_the_type_and_the_text_that_a_person_sees(body: Any, kind: str, words: str) -> None:
    message = read_message(event(body), Addresses())

    assert (message.type, message.text) == (kind, words)


def test_who_wrote_what_and_when() -> None:
    assert read_message(event(text("jam buka?")), Addresses()) == Message(
        id="3A01",
        chat=LID,
        text="jam buka?",
        phone=PHONE,
        lid=LID,
        name="Ana",
        sent_at=1_795_423_556_000,
    )


ADDRESSING = [
    # chat, sender, the sender's other address → chat, phone, lid
    (ANA_LID, ANA_LID, ANA_PHONE, (LID, PHONE, LID)),
    (ANA_LID, ANA_LID, NOBODY, (LID, "", LID)),
    (ANA_PHONE, ANA_PHONE, ANA_LID, (LID, PHONE, LID)),
    (ANA_PHONE, ANA_PHONE, NOBODY, (PHONE, PHONE, "")),
    (jid(PHONE, "hosted"), jid(PHONE, "hosted"), jid(LID, "hosted.lid"), (LID, PHONE, LID)),
]


@pytest.mark.parametrize(("chat", "sender", "alt", "expected"), ADDRESSING)
def test_a_chat_is_named_by_the_lid_and_else_by_the_phone_number(
    chat: Any, sender: Any, alt: Any, expected: tuple[str, str, str]
) -> None:
    message = read_message(event(text("halo"), chat=chat, sender=sender, sender_alt=alt), Addresses())

    assert (message.chat, message.phone, message.lid) == expected
    assert message.chat_kind == "direct"


def test_a_customer_whose_lid_is_known_stays_one_customer_when_only_the_number_comes() -> None:
    addresses = Addresses()
    read_message(event(text("halo")), addresses)

    by_phone = read_message(event(text("lagi"), chat=ANA_PHONE, sender=ANA_PHONE, sender_alt=NOBODY), addresses)
    by_lid = read_message(event(text("lagi"), sender_alt=NOBODY), addresses)

    assert (by_phone.chat, by_phone.phone) == (LID, PHONE)
    assert (by_lid.chat, by_lid.phone) == (LID, PHONE)
    assert addresses.is_lid(LID)
    assert not addresses.is_lid(PHONE)


@pytest.mark.parametrize(
    ("chat", "recipient_alt"),
    [(ANA_LID, ANA_PHONE), (ANA_PHONE, ANA_LID)],
)
def test_what_the_owner_writes_on_the_phone_belongs_to_the_customers_chat(chat: Any, recipient_alt: Any) -> None:
    own = jid(OWN, "s.whatsapp.net")
    message = read_message(
        event(text("saya jawab"), chat=chat, sender=own, sender_alt=NOBODY, recipient_alt=recipient_alt, from_me=True),
        Addresses(),
    )

    assert (message.chat, message.phone, message.lid) == (LID, PHONE, LID)
    assert message.from_me
    assert message.type == "text"
    assert message.name == ""


def test_what_the_accounts_own_devices_tell_each_other_is_nobodys_message() -> None:
    own = jid("111000111000111", "lid")
    for body in (protocol("APP_STATE_SYNC_KEY_SHARE"), text("looks like a text")):
        peer = event(body, chat=own, sender=own, sender_alt=NOBODY, from_me=True, category="peer")
        assert says_nothing(peer)
        assert read_message(peer, Addresses()).type == "other"


def test_the_chat_with_oneself_is_known_by_the_number_also_where_it_bears_the_lid() -> None:
    own = jid("111000111000111", "lid")
    addresses = Addresses()
    addresses.learn(own.User, OWN)
    message = read_message(event(text("catatan"), chat=own, sender=own, sender_alt=NOBODY, from_me=True), addresses)

    assert message.phone == OWN


@pytest.mark.parametrize(
    ("chat", "kind"),
    [
        (jid("120363000000000001", "g.us"), "group"),
        (jid("status", "broadcast"), "status"),
        (jid("1700000000", "broadcast"), "status"),
        (jid("120363000000000002", "newsletter"), "newsletter"),
    ],
)
def test_groups_status_and_newsletters_are_told_apart_from_a_persons_chat(chat: Any, kind: ChatKind) -> None:
    message = read_message(event(text("halo"), chat=chat), Addresses())

    assert message.chat_kind == kind
    assert message.chat == chat.User
    assert (message.phone, message.lid) == (PHONE, LID)


def test_a_chat_with_something_that_is_no_person_is_never_a_text() -> None:
    bot = jid("13135550002", "bot")

    assert read_message(event(text("halo"), chat=bot, sender=bot, sender_alt=NOBODY), Addresses()).type == "other"


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: event(text("ubah"), edit="1"), "edit"),
        (lambda: event(text("ubah"), is_edit=True), "edit"),
        (lambda: event(e2e.Message(), edit="7"), "revoke"),
        (lambda: event(e2e.Message(), edit="8"), "revoke"),
    ],
)
def test_an_edit_that_only_the_envelope_tells_is_still_an_edit(make: Callable[[], Any], kind: str) -> None:
    assert read_message(make(), Addresses()).type == kind


def receipt(kind: str, *, from_me: bool = False, at: int = 1_795_423_556) -> Any:
    source = wire.MessageSource(
        Chat=ANA_LID, Sender=ANA_LID, SenderAlt=ANA_PHONE, RecipientAlt=NOBODY, IsFromMe=from_me, IsGroup=False
    )
    number = wire.Receipt.ReceiptType.Value(kind)
    built = wire.Receipt(MessageSource=source, MessageIDs=["A", "B"], Timestamp=at, Type=number)
    return wire.Receipt.FromString(built.SerializePartialToString())


@pytest.mark.parametrize(
    ("kind", "status"),
    [("DELIVERED", "delivered"), ("INACTIVE", "delivered"), ("READ", "read"), ("PLAYED", "read")],
)
@pytest.mark.parametrize("at", [1_795_423_556, 1_795_423_556_000])
def test_a_customers_receipt_counts_for_every_message_it_names(kind: str, status: Any, at: int) -> None:
    assert read_receipt(receipt(kind, at=at)) == [
        Ack("A", status, 1_795_423_556_000),
        Ack("B", status, 1_795_423_556_000),
    ]


@pytest.mark.parametrize("kind", ["SENDER", "RETRY", "READ_SELF", "PLAYED_SELF", "SERVER_ERROR", "PEER_MSG"])
def test_receipts_that_say_nothing_about_the_customer_are_left_out(kind: str) -> None:
    assert read_receipt(receipt(kind)) == []


def test_a_receipt_of_the_owners_other_device_is_left_out() -> None:
    assert read_receipt(receipt("READ", from_me=True)) == []


def test_a_receipt_names_its_chat_as_the_messages_of_that_chat_do() -> None:
    addresses = Addresses()
    built = receipt("READ")
    assert [ack.chat for ack in read_receipt(built, addresses)] == [LID, LID]
    built.MessageSource.Chat.CopyFrom(ANA_PHONE)
    assert [ack.chat for ack in read_receipt(built, addresses)] == [PHONE, PHONE]
    addresses.learn(LID, PHONE)
    assert [ack.chat for ack in read_receipt(built, addresses)] == [LID, LID]
    built.MessageSource.Chat.CopyFrom(jid("120363", "g.us"))
    assert [ack.chat for ack in read_receipt(built, addresses)] == ["", ""]


def test_quotes_forwards_and_what_an_event_is_about_come_with_the_message() -> None:
    context = e2e.ContextInfo(stanzaID="3A00", isForwarded=True, forwardingScore=2)
    body = e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text="ini", contextInfo=context))
    message = read_message(event(body), Addresses())
    assert (message.quoted, message.forwarded, message.media) == ("3A00", 2, None)
    photo = read_message(event(e2e.Message(imageMessage=e2e.ImageMessage(mimetype="image/png"))), Addresses())
    assert photo.media is not None
    reaction = e2e.ReactionMessage(text="👍", key=common.MessageKey(ID="3A00"))
    assert read_message(event(e2e.Message(reactionMessage=reaction)), Addresses()).about == "3A00"


KEY = e2e.SenderKeyDistributionMessage(groupID="120363000000000001@g.us", axolotlSenderKeyDistributionMessage=b"k")


def test_a_key_for_a_group_is_no_message_unless_something_was_written_with_it() -> None:
    group = jid("120363000000000001", "g.us")
    context = e2e.MessageContextInfo(messageSecret=b"s")
    assert says_nothing(event(e2e.Message(senderKeyDistributionMessage=KEY), chat=group))
    assert says_nothing(event(e2e.Message(senderKeyDistributionMessage=KEY, messageContextInfo=context), chat=group))
    assert not says_nothing(event(e2e.Message(senderKeyDistributionMessage=KEY, conversation="halo"), chat=group))
    assert not says_nothing(event(text("halo"), chat=group))
    assert not says_nothing(event(e2e.Message(), chat=group))
