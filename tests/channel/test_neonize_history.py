"""The phone's history, from the library's own protobufs."""

from typing import Any

from neonize.proto.waCommon import WACommon_pb2 as common
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e
from neonize.proto.waHistorySync import WAWebProtobufsHistorySync_pb2 as hs
from neonize.proto.waWeb import WAWebProtobufsWeb_pb2 as web

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.history import read_history
from wabot.model.history import MOST, History
from wabot.model.message import Message

PHONE, LID, OWN = "6281234567890", "200000000000001", "628111000111"
AT = 1_795_423_556


def key(id: str, from_me: bool = False) -> Any:
    return common.MessageKey(remoteJID=f"{PHONE}@s.whatsapp.net", fromMe=from_me, ID=id)


def said(id: str, body: Any = None, *, from_me: bool = False, **more: Any) -> Any:
    message = e2e.Message(conversation="halo") if body is None else body
    fields = {"key": key(id, from_me), "message": message, "messageTimestamp": AT, **more}
    return hs.HistorySyncMsg(message=web.WebMessageInfo(**fields))


def chat(*messages: Any, id: str = f"{PHONE}@s.whatsapp.net", **more: Any) -> Any:
    return hs.Conversation(ID=id, messages=messages, **more)


def sync(*chats: Any, kind: str = "RECENT", progress: int = 50, **more: Any) -> Any:
    number = hs.HistorySync.HistorySyncType.Value(kind)
    built = hs.HistorySync(syncType=number, progress=progress, conversations=chats, **more)
    return hs.HistorySync.FromString(built.SerializePartialToString())


def read(body: Any, addresses: Addresses | None = None, names: Bounded[str, str] | None = None) -> list[History]:
    known = Bounded[str, str](100) if names is None else names
    return list(read_history(body, addresses or Addresses(), known, OWN))


def messages(body: Any, **more: Any) -> list[Message]:
    return [message for part in read(body, **more) for message in part.messages]


def test_both_sides_of_a_chat_with_their_times_and_names() -> None:
    body = sync(
        chat(
            said("3A02", e2e.Message(conversation="ada kak"), from_me=True),
            said("3A01", pushName="Ana"),
            lidJID=f"{LID}@lid",
        )
    )
    shop, customer = messages(body)
    assert customer == Message("3A01", LID, "halo", phone=PHONE, lid=LID, name="Ana", sent_at=AT * 1000)
    assert (shop.chat, shop.text, shop.from_me, shop.name) == (LID, "ada kak", True, "")


def test_a_chat_is_named_as_its_live_messages_name_it() -> None:
    mapping = hs.PhoneNumberToLIDMapping(pnJID=f"{PHONE}@s.whatsapp.net", lidJID=f"{LID}@lid")
    addresses = Addresses()
    for body in (sync(chat(said("1")), phoneNumberToLidMappings=[mapping]), sync(chat(said("1"), id=f"{LID}@lid"))):
        [one] = messages(body, addresses=addresses)
        assert (one.chat, one.phone, one.lid) == (LID, PHONE, LID)
    assert addresses.is_lid(LID)
    [alone] = messages(sync(chat(said("1"))))
    assert (alone.chat, alone.phone, alone.lid) == (PHONE, PHONE, "")


def test_groups_broadcasts_newsletters_announcements_and_notes_to_oneself_are_left_out() -> None:
    ids = ["120363@g.us", "status@broadcast", "17@broadcast", "12@newsletter", "0@s.whatsapp.net", "131@bot"]
    body = sync(*(chat(said("1"), id=id) for id in (*ids, f"{OWN}@s.whatsapp.net", "rusak", "")))
    assert messages(body) == []


def test_what_is_no_message_is_left_out() -> None:
    call = said("1", e2e.Message(), messageStubType=web.WebMessageInfo.StubType.Value("CALL_MISSED_VOICE"))
    revoked = said("2", messageStubType=web.WebMessageInfo.StubType.Value("REVOKE"))
    share = e2e.ProtocolMessage(type=e2e.ProtocolMessage.Type.Value("APP_STATE_SYNC_KEY_SHARE"))
    poll = e2e.Message(pollUpdateMessage=e2e.PollUpdateMessage())
    body = sync(chat(call, revoked, said("3", e2e.Message(protocolMessage=share)), said("4", poll)))
    assert messages(body) == []


def test_quotes_and_media_are_as_in_live_messages() -> None:
    context = e2e.ContextInfo(stanzaID="3A00", isForwarded=True, forwardingScore=3)
    photo = e2e.Message(imageMessage=e2e.ImageMessage(caption="ini", mimetype="image/png", contextInfo=context))
    [one] = messages(sync(chat(said("3A01", photo))))
    assert (one.type, one.text, one.quoted, one.forwarded) == ("image", "ini", "3A00", 3)
    assert one.media is not None
    assert one.media.mime == "image/png"


def test_reactions_follow_their_message() -> None:
    reactions = [
        web.Reaction(key=key("R1", from_me=True), text="👍", senderTimestampMS=AT * 1000 + 5),
        web.Reaction(key=key("R2"), text="❤️"),
    ]
    first, *others = messages(sync(chat(said("3A01", reactions=reactions))))
    assert first.id == "3A01"
    assert [(one.type, one.text, one.about, one.from_me, one.sent_at) for one in others] == [
        ("reaction", "👍", "3A01", True, AT * 1000 + 5),
        ("reaction", "❤️", "3A01", False, AT * 1000),
    ]


def test_an_edited_message_is_what_it_says_now() -> None:
    edit = e2e.ProtocolMessage(
        key=key("3A01"),
        type=e2e.ProtocolMessage.Type.Value("MESSAGE_EDIT"),
        editedMessage=e2e.Message(conversation="jam tutup?"),
    )
    wrapped = e2e.Message(editedMessage=e2e.FutureProofMessage(message=e2e.Message(protocolMessage=edit)))
    [one] = messages(sync(chat(said("3A01", wrapped))))
    assert (one.id, one.type, one.text) == ("3A01", "text", "jam tutup?")


def test_names_come_in_a_sync_of_their_own_before_or_after_the_messages() -> None:
    names = Bounded[str, str](100)
    entry = hs.Pushname(ID=f"{PHONE}@s.whatsapp.net", pushname="Ana")
    [part] = read(sync(kind="PUSH_NAME", pushnames=[entry, hs.Pushname(ID="x@g.us", pushname="?")]), names=names)
    assert (part.names, part.messages) == ({PHONE: "Ana"}, ())
    [later] = messages(sync(chat(said("1"))), names=names)
    assert later.name == "Ana"


def test_the_owners_own_name_for_a_customer_is_never_theirs() -> None:
    [one] = messages(sync(chat(said("1"), name="Bu RT galak", displayName="Bu RT galak")))
    assert one.name == ""


def test_a_long_chat_comes_in_small_parts() -> None:
    parts = read(sync(chat(*(said(str(number)) for number in range(2 * MOST + 1)))))
    assert [len(part.messages) for part in parts] == [MOST, MOST, 1]


def test_it_is_in_when_the_recent_chats_are_whole() -> None:
    states = [
        [part.state for part in read(sync(kind=kind, progress=progress))]
        for kind, progress in (("INITIAL_BOOTSTRAP", 100), ("PUSH_NAME", 100), ("RECENT", 99), ("RECENT", 100))
    ]
    assert states == [[], [], [], ["done"]]


def test_a_time_that_nobody_can_have_written_at_is_none() -> None:
    found = messages(sync(chat(said("1", messageTimestamp=2**63 + 5), said("2"))))
    assert [message.sent_at for message in found] == [0, AT * 1000]
