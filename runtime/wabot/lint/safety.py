"""Replies that teach customers to be careless, or that come in twos."""

import re
from collections.abc import Iterator
from typing import Final

from wabot.engine.decide import decide
from wabot.language.rule_set import Rule
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.welcome import Welcome
from wabot.lint.check import Check, Finding
from wabot.lint.samples import moments, ordinary, said
from wabot.lint.subject import Subject
from wabot.lint.wordings import wordings

_ASKING: Final = re.compile(
    r"\b(kirim(?:kan)?|masuk(?:k)?an|sebut(?:kan)?|ketik(?:kan)?|berikan|kasih|isi(?:kan)?|minta|share|send|enter|type|"
    r"tell|give|reply with|balas dengan)\b[^.!?\n]{0,40}?"
    r"\b(otp|pin|password|passcode|kata sandi|sandi|kode verifikasi|kode rahasia|cvv|cvc|verification code)\b",
    re.IGNORECASE,
)
_WARNING: Final = re.compile(r"\b(jangan|tidak pernah|tak pernah|never|do not|don't|bukan|hati-hati)\b", re.IGNORECASE)
_SHORTENERS: Final = re.compile(
    r"\b(?:https?://)?(?:www\.)?"
    r"(bit\.ly|s\.id|tinyurl\.com|cutt\.ly|goo\.gl|t\.co|ow\.ly|is\.gd|rebrand\.ly|shorturl\.at|rb\.gy|tiny\.cc|v\.gd)"
    r"/[\w-]+",
    re.IGNORECASE,
)


def _secrets(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        for wording in wordings(subject, rule):
            found = _ASKING.search(wording.text)
            if found and not _WARNING.search(_sentence(wording.text, found.start())):
                message = f"this reply asks for a secret: “{found[0].strip()}”"
                yield Finding(
                    wording.location, message, "no business needs a customer's password, PIN or OTP; reword it"
                )


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(mark, 0, at) for mark in ".!?\n")
    return text[start + 1 : at]


def _shorteners(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        for wording in wordings(subject, rule):
            found = _SHORTENERS.search(wording.template.source)
            if found:
                message = f"`{found[0]}` hides where it leads; customers have learnt to distrust such links"
                yield Finding(wording.location, message, "write the address itself")


def _in_twos(subject: Subject) -> Iterator[Finding]:
    """More than one automatic reply to one message, in the normal case: not to a first message."""
    continuing = {rule.id for rule in subject.rules if rule.enabled and rule.continues}
    continuing -= {rule.id for rule in subject.rules if isinstance(rule.trigger, Welcome)}
    if not continuing:
        return
    told: set[str] = set()
    for now in moments(subject.rule_set, subject.today):
        for text in _messages(subject):
            answers = [answer.rule for answer in decide(subject.rule_set, said(text), ordinary(now)).answers]
            replying = [rule for rule in answers if rule.response.kind != "none"]
            if len(replying) > 1 and replying[0].id not in told:
                told.add(replying[0].id)
                yield _two(subject, replying, text)


def _two(subject: Subject, rules: list[Rule], text: str) -> Finding:
    names = " and ".join(f"`{rule.id}`" for rule in rules)
    message = f"one message gets {len(rules)} replies: “{text}” is answered by {names}"
    at = subject.place(rules[0]).locate("continue", key=True)
    return Finding(at, message, "remove `continue: true`, or say both in one reply")


def _messages(subject: Subject) -> Iterator[str]:
    yield "halo"
    for rule in subject.rules:
        if isinstance(rule.trigger, Keyword) and rule.trigger.match != "regex" and rule.enabled:
            yield rule.trigger.keywords[0]


CHECKS = (
    Check("WB451", "warning", "A reply asks for a password or code", _secrets),
    Check("WB452", "warning", "A link through a shortener", _shorteners),
    Check("WB453", "warning", "More than one automatic reply to one message", _in_twos),
)
