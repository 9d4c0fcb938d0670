"""Stanzas and frames on the wire."""

import pytest

from tests.whatsapp.wire import tokens
from tests.whatsapp.wire.binary import decode, encode
from tests.whatsapp.wire.framing import Frames, frame
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node

STANZAS = [
    Node("iq", {"id": "0A3F", "type": "get", "xmlns": "encrypt", "to": JID("")}, [Node("count")]),
    Node("message", {"from": JID("6281234567801"), "id": "3EB0", "t": "17900"}, [Node("enc", {"v": "2"}, b"\0\xff")]),
    Node("receipt", {"to": JID("123456789012345", "lid", 7), "notify": "Budi & Anak, Café 🍜", "offline": "0"}),
    Node("ack", {"class": "message", "from": JID("120363000000000000", "g.us")}, b""),
    Node("list", {}, [Node("item", {"id": f"{number:X}"}) for number in range(300)]),
    Node("media", {}, bytes(300)),
    Node("media", {}, bytes(1 << 20)),
    Node("key", {"value": "1-2.3", "odd": "ABC", "long": "9" * 200}),
]


@pytest.mark.parametrize("stanza", STANZAS, ids=lambda stanza: stanza.tag)
def test_a_stanza_comes_back_as_it_was(stanza: Node) -> None:
    assert decode(encode(stanza)) == stanza


@pytest.mark.parametrize("broken", [b"\0\xf8\x02", b"\0\xf8\x01\xf5", b"\0\x05"])
def test_what_is_no_stanza_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError):
        decode(broken)


def test_the_tables_of_the_loaded_client_are_whole() -> None:
    single, double = tokens.load()
    assert (len(single), [len(row) for row in double]) == (tokens.SINGLE, [256] * 4)
    words = [word for row in (single[1:], *double) for word in row]
    assert {"message", "receipt", "encrypt", "s.whatsapp.net", "g.us"} <= set(words)
    assert len(set(words)) == len(words)


def test_frames_are_cut_wherever_the_network_cuts_them() -> None:
    stream = b"WA\x06\x03" + frame(b"satu") + frame(b"") + frame(bytes(70_000))
    for size in (1, 3, 5, 1000, len(stream)):
        frames = Frames()
        found = [one for at in range(0, len(stream), size) for one in frames.cut(stream[at : at + size])]
        assert found == [b"satu", b"", bytes(70_000)]
        assert frames.greeting == b"WA\x06\x03"
