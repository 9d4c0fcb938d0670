"""The pure parts around the WhatsApp connection: how long to wait, and what to say."""

import pytest

from wabot.channel.neonize.backoff import backoff
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.redact import LONGEST, redact
from wabot.channel.neonize.refusal import refusal
from wabot.channel.neonize.unreachable import unreachable
from wabot.model.errors import ChannelError, CustomerGone, SendRefused, SendRestricted, SendUnknown


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [
        *((1, 0, 2), (2, 0, 4), (3, 0, 8), (4, 0, 16), (5, 0, 32), (6, 0, 60), (7, 0, 60), (100_000, 0, 60)),
        *((1, 1, 1.5), (3, 0.5, 7), (100, 1, 45), (0, 0, 2)),
    ],
)
def test_waits_double_up_to_a_minute_and_jitter_only_shortens_them(attempt: int, jitter: float, seconds: float) -> None:
    assert backoff(attempt, jitter) == seconds


GO = 'failed to dial whatsapp web websocket: failed to WebSocket dial: Get "https://web.whatsapp.com/ws/chat": '


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GO + "dial tcp: lookup web.whatsapp.com: no such host", "the name web.whatsapp.com cannot be found"),
        (GO + "dial tcp: lookup web.whatsapp.com on [::1]:53: server misbehaving", "cannot be found"),
        (GO + "dial tcp 157.240.1.60:443: connect: network is unreachable", "there is no network route"),
        (GO + "dial tcp 157.240.1.60:443: connect: no route to host", "there is no network route"),
        (GO + "dial tcp 157.240.1.60:443: i/o timeout", "does not answer in time"),
        (GO + "dial tcp 157.240.1.60:443: connect: connection refused", "web.whatsapp.com refuses the connection"),
        (GO + "proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused", "the proxy cannot be reached"),
        (GO + "tls: failed to verify certificate: x509: unknown authority", "its certificate is not trusted"),
        (
            GO.partition("Get ")[0] + "expected handshake response status code 101 but got 503",
            ": web.whatsapp.com refuses the connection (503). ",
        ),
        ("something new", "the connection to web.whatsapp.com fails"),
    ],
)
def test_a_shop_owner_reads_why_whatsapp_cannot_be_reached(error: str, words: str) -> None:
    sentence = unreachable(error, 4.2)

    assert sentence.startswith("WhatsApp cannot be reached: ")
    assert words in sentence
    assert sentence.endswith("Trying again in 4 s.")


def test_the_technical_cause_is_told_in_brackets_without_the_librarys_own_steps() -> None:
    assert "(dial tcp: lookup web.whatsapp.com: no such host)" in unreachable(
        GO + "dial tcp: lookup web.whatsapp.com: no such host", 2
    )


def test_nobodys_number_survives_redaction() -> None:
    assert redact("failed for 6281234567890@s.whatsapp.net:\n error 463") == "failed for …@s.whatsapp.net: error 463"
    assert len(redact("x" * 1000)) == LONGEST


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("server returned error 463", SendRestricted),
        ("server returned error 479", SendRefused),
        ("no LID found for 628123456789@s.whatsapp.net from server", CustomerGone),
        ("websocket not connected", ChannelError),
        ("failed to send message node: websocket not connected", ChannelError),
        ("failed to get device list: failed to send usync query: info query timed out", ChannelError),
        ("the store doesn't contain a device JID", ChannelError),
        ("timed out waiting for message send response", SendUnknown),
        ("websocket disconnected before message send returned response", SendUnknown),
        ("failed to send message node: write tcp: broken pipe", SendUnknown),
        ("something new", SendUnknown),
    ],
)
def test_only_a_message_that_certainly_did_not_leave_may_be_tried_again(error: str, kind: type[ChannelError]) -> None:
    refused = refusal(error)

    assert type(refused) is kind
    assert "628123456789" not in str(refused)


def test_a_bounded_mapping_forgets_what_was_set_longest_ago() -> None:
    kept: Bounded[str, int] = Bounded(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        kept[key] = value

    assert dict(kept) == {"a": 3, "c": 4}
