"""Edits that are sealed with a secret of the message that they change."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from neonize.proto.waCommon import WACommon_pb2 as common
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

from tests.channel.test_neonize_translate import ANA_LID, ANA_PHONE, LID, NOBODY, PHONE, event
from tests.whatsapp.crypto.message_secret import seal
from tests.whatsapp.wire.jid import JID
from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.seals import Seals
from wabot.channel.neonize.translate import read_message

SECRET = os.urandom(32)
ABOUT = common.MessageKey(remoteJID=f"{LID}@lid", fromMe=True, ID="3A01")
NAMES = {"lid": JID(LID, "lid"), "pn": JID(PHONE)}
NEW = e2e.Message(conversation="jam tutup?")
FULL = e2e.Message(
    protocolMessage=e2e.ProtocolMessage(key=ABOUT, type=e2e.ProtocolMessage.MESSAGE_EDIT, editedMessage=NEW)
)


def written(sender: Any = ANA_LID) -> Any:
    """The message with the id 3A01, with its secret."""
    context = e2e.MessageContextInfo(messageSecret=SECRET)
    return event(e2e.Message(conversation="jam buka?", messageContextInfo=context), sender=sender)


def edited(author: str = "lid", editor: str = "lid", *, content: Any = FULL, secret: bytes = SECRET, **who: Any) -> Any:
    vector, sealed = seal("Message Edit", secret, "3A01", NAMES[author], NAMES[editor], content.SerializeToString())
    body = e2e.SecretEncryptedMessage(
        targetMessageKey=ABOUT,
        encPayload=sealed,
        encIV=vector,
        secretEncType=e2e.SecretEncryptedMessage.MESSAGE_EDIT,
    )
    return event(e2e.Message(secretEncryptedMessage=body), edit="1", **who)


def read(seals: Seals, body: Any) -> tuple[str, str, str]:
    seals.unseal(body)
    message = read_message(body, Addresses())
    return message.type, message.text, message.about


@pytest.mark.parametrize("author", ["lid", "pn"])
@pytest.mark.parametrize("editor", ["lid", "pn"])
def test_an_edit_is_opened_by_whatever_name_its_phone_used(author: str, editor: str) -> None:
    seals = Seals(Addresses())
    seals.unseal(written())
    assert read(seals, edited(author, editor)) == ("edit", "jam tutup?", "3A01")


def test_the_other_name_may_be_known_from_elsewhere() -> None:
    addresses = Addresses()
    addresses.learn(LID, PHONE)
    seals = Seals(addresses)
    seals.unseal(written(ANA_PHONE))
    told = edited("pn", "pn", sender=ANA_LID, sender_alt=NOBODY)
    assert read(seals, told) == ("edit", "jam tutup?", "3A01")


def test_the_new_content_may_stand_alone() -> None:
    seals = Seals(Addresses())
    seals.unseal(written())
    assert read(seals, edited(content=NEW)) == ("edit", "jam tutup?", "3A01")


def test_one_that_cannot_be_opened_is_about_no_message_so_that_it_changes_none() -> None:
    seals = Seals(Addresses())
    assert read(seals, edited()) == ("edit", "", "")
    seals.unseal(written())
    assert read(seals, edited(secret=os.urandom(32))) == ("edit", "", "")


def test_secrets_outlast_the_process(tmp_path: Path) -> None:
    keys = tmp_path / "keys.db"
    seals = Seals(Addresses())
    with closing(sqlite3.connect(keys)) as db:
        seals.load(keys)  # the library has not made its tables yet
        db.execute("CREATE TABLE whatsmeow_message_secrets (our_jid, chat_jid, sender_jid, message_id, key)")
        row = ("628111000111:1@s.whatsapp.net", f"{LID}@lid", f"{LID}@lid", "3A01", SECRET)
        db.execute("INSERT INTO whatsmeow_message_secrets VALUES (?, ?, ?, ?, ?)", row)
        db.commit()
    seals.load(keys)
    assert read(seals, edited()) == ("edit", "jam tutup?", "3A01")
