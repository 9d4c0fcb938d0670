"""Edits as phones send them since May 2026: sealed with a secret that came with the message that they change.

The library hands them on as they come, and neonize has no call that opens them. The key is made of that secret, the
changed message's id, its writer and who edits it, both named by LID or by number as their phone names itself; the
content is then the edit as it always was (whatsmeow, msgsecret.go).
"""

import hmac
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.translate import LIDS, PHONES

MOST: Final = 10_000
"""Messages whose secret is remembered: WhatsApp lets a message be edited for 15 minutes."""
_USE: Final = "Message Edit"


class _Name(NamedTuple):
    user: str
    server: str


class Seals:
    """One account's. `addresses` knows the other name of those who write."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._secrets: Bounded[tuple[str, str], bytes] = Bounded(MOST)

    def load(self, keys: Path) -> None:
        """Take over what the library's key store remembers, under the condition of `Addresses.load`, and after it."""
        with closing(sqlite3.connect(keys)) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'whatsmeow_message_secrets'").fetchone():
                return
            newest = "SELECT sender_jid, message_id, key FROM whatsmeow_message_secrets ORDER BY rowid DESC LIMIT ?"
            for sender, id, secret in reversed(db.execute(newest, (MOST,)).fetchall()):
                user = str(sender).partition("@")[0].partition(":")[0]
                self._secrets[self._addresses.lid_of(user) or user, str(id)] = bytes(secret)

    def unseal(self, event: Any) -> None:
        """Remember the secret of the library's MessageEv; an edit that is sealed in it takes the place of its seal. One
        that cannot be opened stays sealed."""
        message, id = event.Message, str(event.Info.ID)
        names = self._names(event.Info.MessageSource)
        if message.HasField("messageContextInfo") and message.messageContextInfo.messageSecret:
            self._secrets[names[0].user, id] = message.messageContextInfo.messageSecret
        if not message.HasField("secretEncryptedMessage"):
            return
        sealed = message.secretEncryptedMessage
        about = str(sealed.targetMessageKey.ID)
        secret = next((secret for name in names if (secret := self._secrets.get((name.user, about)))), None)
        if sealed.secretEncType != sealed.MESSAGE_EDIT or secret is None:
            return
        known = hmac.digest(bytes(32), secret, "sha256")
        for author, editor in product(names, names):
            info = f"{about}{author.user}@{author.server}{editor.user}@{editor.server}{_USE}"
            content = _open(hmac.digest(known, info.encode() + b"\x01", "sha256"), sealed)
            if content is not None:
                _put(message, content)
                return

    def _names(self, source: Any) -> list[_Name]:
        """Of who writes: the LID where it is known, then the number where that is."""
        told = [(str(jid.User), str(jid.Server)) for jid in (source.Sender, source.SenderAlt)]
        lid = next((user for user, server in told if server in LIDS), "")
        phone = next((user for user, server in told if server in PHONES), "")
        lid, phone = self._addresses.both(lid, phone)
        return [name for name in (_Name(lid, "lid"), _Name(phone, "s.whatsapp.net")) if name.user] or [_Name(*told[0])]


def _open(key: bytes, sealed: Any) -> Any:
    """The content of a sealed message as an e2e.Message; None under a wrong key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from google.protobuf.message import DecodeError
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

    try:
        return e2e.Message.FromString(AESGCM(key).decrypt(sealed.encIV, sealed.encPayload, None))
    except (InvalidTag, ValueError, DecodeError):
        return None


def _put(message: Any, content: Any) -> None:
    target = type(message.secretEncryptedMessage.targetMessageKey)()
    target.CopyFrom(message.secretEncryptedMessage.targetMessageKey)
    message.ClearField("secretEncryptedMessage")
    if content.HasField("protocolMessage"):
        message.protocolMessage.CopyFrom(content.protocolMessage)
        return
    edit = message.protocolMessage  # the new content alone
    edit.type = edit.MESSAGE_EDIT
    edit.key.CopyFrom(target)
    edit.editedMessage.CopyFrom(content)
