"""Sessions, signatures and files, among ourselves."""

import copy
import os

import pytest

from tests.whatsapp.crypto.identity import Identity
from tests.whatsapp.crypto.keys import KeyPair, verified
from tests.whatsapp.crypto.media import WrongFile, seal, unseal
from tests.whatsapp.crypto.ratchet import DuplicateMessage, SignalError
from tests.whatsapp.crypto.session import Session, padded, unpadded


def pair() -> tuple[Session, Session]:
    """Ani has begun a session with Budi, who does not know of it yet."""
    ani, budi = Identity(), Identity()
    first, second = Session(ani), Session(budi)
    first.begin(budi.bundle())
    return first, second


def test_a_signature_is_verified_with_the_key_on_the_wire() -> None:
    for _ in range(8):  # both signs of the Edwards point
        key = KeyPair()
        signature = key.sign(b"halo")
        assert verified(key.public, b"halo", signature)
        assert not verified(key.public, b"hallo", signature)
        assert not verified(KeyPair().public, b"halo", signature)


def test_two_agree_on_one_secret() -> None:
    ani, budi = KeyPair(), KeyPair()
    assert ani.agree(budi.public) == budi.agree(ani.public)


def test_a_conversation_is_read_both_ways_and_out_of_order() -> None:
    ani, budi = pair()
    sealed = [ani.encrypt(text) for text in (b"satu", b"dua", b"tiga")]
    assert [kind for kind, _ in sealed] == ["pkmsg"] * 3
    assert [budi.decrypt(*sealed[at]) for at in (2, 0, 1)] == [b"tiga", b"satu", b"dua"]
    kind, answer = budi.encrypt(b"empat")
    assert (kind, ani.decrypt(kind, answer)) == ("msg", b"empat")
    kind, more = ani.encrypt(b"lima")
    assert (kind, budi.decrypt(kind, more)) == ("msg", b"lima")


def test_a_message_is_read_once_and_only_whole() -> None:
    ani, budi = pair()
    kind, sealed = ani.encrypt(b"satu")
    with pytest.raises(SignalError):
        budi.decrypt(kind, sealed[:-12] + bytes(1) + sealed[-11:])
    with pytest.raises(SignalError):
        budi.decrypt(kind, sealed[:40])
    assert budi.decrypt(*ani.encrypt(b"dua")) == b"dua"
    kind, sealed = budi.encrypt(b"tiga")
    assert ani.decrypt(kind, sealed) == b"tiga"
    with pytest.raises(DuplicateMessage):
        ani.decrypt(kind, sealed)


def test_both_may_begin_at_once() -> None:
    ani, budi = Identity(), Identity()
    first, second = Session(ani), Session(budi)
    first.begin(budi.bundle())
    second.begin(ani.bundle())
    from_ani, from_budi = first.encrypt(b"halo budi"), second.encrypt(b"halo ani")
    assert second.decrypt(*from_ani) == b"halo budi"
    assert first.decrypt(*from_budi) == b"halo ani"
    assert second.decrypt(*first.encrypt(b"lagi")) == b"lagi"
    assert first.decrypt(*second.encrypt(b"juga")) == b"juga"


def test_a_copy_of_a_session_goes_its_own_way() -> None:
    ani, budi = pair()
    assert budi.decrypt(*ani.encrypt(b"satu")) == b"satu"
    other = copy.deepcopy(budi)
    sealed = ani.encrypt(b"dua")
    assert budi.decrypt(*sealed) == other.decrypt(*sealed) == b"dua"


@pytest.mark.parametrize("size", range(0, 40, 7))
def test_padding_is_taken_off_again(size: int) -> None:
    assert unpadded(padded(bytes(size))) == bytes(size)


def test_a_file_opens_with_its_own_key_and_as_its_own_kind() -> None:
    plain = os.urandom(1000)
    sealed = seal(plain, "image")
    assert unseal(sealed.blob, sealed.key, "image") == plain
    for key, kind in ((sealed.key, "video"), (os.urandom(32), "image")):
        with pytest.raises(WrongFile):
            unseal(sealed.blob, key, kind)
