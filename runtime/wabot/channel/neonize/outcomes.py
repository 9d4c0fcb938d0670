"""What a connection event means: the state to show, and whether to go on, wait, restart or stop. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from wabot.channel.neonize.content import enum_name
from wabot.channel.neonize.redact import redact
from wabot.channel.neonize.unreachable import out_of_reach
from wabot.model.session import SessionState

DEAF_AFTER: Final = 3
RESTRICTED_WAIT: Final = 3_600_000
BAN_WAIT: Final = 86_400_000
LONGEST_BAN: Final = 366 * 86_400_000

SERVER_FAULT: Final = "WhatsApp has a fault of its own ({}). The bot keeps trying."
NETWORK: Final = "Look at the network of this machine: `wabot doctor --online`."
PAIR_COMMAND: Final = "`wabot pair TENANT`"
RESUME_COMMAND: Final = "`wabot resume TENANT`"
UNPAIR_COMMAND: Final = "`wabot unpair TENANT`"
"""Who tells these puts the tenant's name in (`linked.named`): what is judged here knows the number alone."""
PAIR: Final = "Link the phone of {phone}: " + PAIR_COMMAND + "."


@dataclass(frozen=True, slots=True)
class Verdict:
    """`then`: "go_on" with this connection; make another "at_once"; "wait" until `until` (UTC milliseconds), then
    connect again; "restart" the process; "mend" the key store, in another process; "rescue" it, since it
    was deleted; "stop", because only a person can help."""

    state: SessionState | None = None
    then: Literal["go_on", "at_once", "wait", "restart", "mend", "rescue", "stop"] = "go_on"
    until: int = 0


def judge(kind: str, body: Any, phone: str, now: int) -> Verdict:
    """The verdict on the library's event `kind` with the protobuf `body`, for the tenant with the number `phone`."""
    match kind:
        case "Disconnected":
            detail = "The connection to WhatsApp was cut. It is being made again."
            return Verdict(SessionState("disconnected", detail))
        case "KeepAliveTimeout" if body.ErrorCount >= DEAF_AFTER:
            return Verdict(SessionState("disconnected", "WhatsApp no longer answers on this connection."), "restart")
        case "KeepAliveTimeout":
            return Verdict(SessionState("degraded", "WhatsApp does not answer. The connection may be broken."))
        case "KeepAliveRestored":
            return Verdict(SessionState("connected"))
        case "Stuck":
            detail = "The WhatsApp library is held up by one message, and those behind it wait."
            return Verdict(SessionState("degraded", detail))
        case "Unstuck":
            return Verdict(SessionState("connected"))
        case "Deaf":
            detail = "The WhatsApp library no longer tells what happens on its connection."
            return Verdict(SessionState("disconnected", detail), "restart")
        case "Damaged":
            detail = "The file of the WhatsApp keys is damaged. A new process sets it aside."
            return Verdict(SessionState("disconnected", detail), "mend")
        case "KeysGone":
            return Verdict(None, "rescue")
        case "ServerFault":
            return Verdict(SessionState("disconnected", SERVER_FAULT.format(body)))
        case "Unreachable":
            return Verdict(SessionState("disconnected", out_of_reach(body)))
        case "StreamReplaced":
            detail = "The number is open elsewhere: another program uses the same keys, and took over the connection."
            action = "Stop the other copy of this tenant, then start this one again."
            return Verdict(SessionState("replaced", detail, action), "stop")
        case "ClientOutdated":
            detail = "WhatsApp no longer accepts this version of the neonize library."
            action = "Upgrade wabot, which brings a newer one, then start it again."
            return Verdict(SessionState("outdated", detail, action), "stop")
        case "LoggedOut":
            return _logged_out(enum_name(body, "Reason"), phone)
        case "TemporaryBan":
            return _banned(body, now)
        case "ConnectFailure":
            return _refused(body, now)
        case "PairError":
            return _unpaired(redact(body.Error) or "no reason given", phone)
        case "Unpaired" if body == "error":
            return _unpaired("the phone's answer to the code does not fit", phone)
        case "Unpaired" if body == "err-scanned-without-multidevice":
            return _unpaired("WhatsApp on the phone is too old, or a code for something else was meant", phone)
        case "Unpaired" if body == "err-client-outdated":
            return judge("ClientOutdated", None, phone, now)
        case "Unpaired" if body != "timeout":
            return _unpaired("WhatsApp refused the connection", phone)
        case _:
            return Verdict()


def pairing(phone: str, seen: bool) -> SessionState:
    """A code waits to be scanned; `seen` says whether a person can see it."""
    if not seen:
        return unlinked(phone)
    action = f"Scan the QR code within 60 s with the phone of {phone}: WhatsApp > Linked devices > Link a device."
    return SessionState("qr_pending", f"No phone is linked yet for {phone}.", action)


def unlinked(phone: str, restore: str = "") -> SessionState:
    """No phone is linked, and nobody is there who could scan a code; `restore` brings a lost link back."""
    action = PAIR.format(phone=phone)
    if restore:
        detail = f"The keys of {phone} are gone, and their encrypted backup is there."
        return SessionState("qr_pending", detail, f"Bring the link back: `{restore}`. Only if that fails: {action}")
    return SessionState("qr_pending", f"No phone is linked yet for {phone}.", action)


def expired(phone: str) -> Verdict:
    """Nobody scanned any of the codes that WhatsApp gave out."""
    detail = "The QR codes expired before anybody scanned one."
    return Verdict(SessionState("logout", detail, PAIR.format(phone=phone)), "stop")


def unanswered() -> Verdict:
    """WhatsApp took the connection and said nothing about the login, or the library did not pass it on."""
    detail = "WhatsApp did not answer the login. A new process tries again."
    return Verdict(SessionState("disconnected", detail), "restart")


def out_of_patience(seconds: float) -> Verdict:
    """WhatsApp was out of reach, or did not let us in, for so long that a new process had better try."""
    detail = f"WhatsApp has been out of reach for {seconds / 60:g} minutes. A new process goes on trying."
    return Verdict(SessionState("disconnected", detail, NETWORK), "restart")


def wrong_number(phone: str, unlinked: bool) -> Verdict:
    """Another number than the tenant's was paired; `unlinked` says whether it could be unlinked again."""
    detail = f"The phone that scanned the code is not {phone}. Nothing was read or sent."
    if unlinked:
        return Verdict(SessionState("logout", detail + " It was unlinked.", PAIR.format(phone=phone)), "stop")
    action = "Remove this bot on that phone (WhatsApp > Linked devices). Then: " + PAIR.format(phone=phone)
    return Verdict(SessionState("logout", detail + " Unlinking it failed.", action), "stop")


def other_keys(phone: str, linked: str) -> SessionState:
    """The keys that are there were linked before, to another number than the tenant's: a number that was mistyped in
    tenant.yaml, a shop that has a new one, or another tenant's key store. Nobody here knows which, and an unlinked
    phone does not come back by itself: so a person decides."""
    detail = f"The keys are those of {linked}, and tenant.yaml says {phone}."
    action = f"Correct `phone` in tenant.yaml. Or, if {phone} is right: {UNPAIR_COMMAND}, then link its phone: "
    return SessionState("stopped", detail, f"{action}{PAIR_COMMAND}.")


def broken_off(error: str, now: int) -> Verdict | None:
    """The verdict on a connection that ended by itself with `error`; None when it is an ordinary failure to connect.

    The library ends its events when it has a word of WhatsApp's that it cannot name: `required field … not set`.
    """
    if "required field" not in error:
        return None
    if "TemporaryBan" in error:
        return _temporarily_banned("", now + BAN_WAIT, now)
    if "ConnectFailure" in error:  # seen with 463, a restricted account
        return _restricted(now)
    detail = "WhatsApp said something that the library does not understand, which ends the connection."
    return Verdict(SessionState("disconnected", f"{detail} It is being made again."), "at_once")


def _unpaired(why: str, phone: str) -> Verdict:
    return Verdict(SessionState("logout", f"Pairing failed ({why}).", PAIR.format(phone=phone)), "stop")


def _logged_out(reason: str, phone: str) -> Verdict:
    if reason == "UNKNOWN_LOGOUT":
        detail = "WhatsApp has banned this number."
        action = "Open WhatsApp on the phone and ask for a review there."
        return Verdict(SessionState("banned", detail, action), "stop")
    if reason == "MAIN_DEVICE_GONE":
        detail = "WhatsApp no longer accepts this account on its phone (locked, or registered anew)."
        action = "Open WhatsApp on the phone and sort it out there. Then: " + PAIR.format(phone=phone)
        return Verdict(SessionState("logout", detail, action), "stop")
    detail = "This bot was unlinked on the phone (Linked devices)."
    return Verdict(SessionState("logout", detail, PAIR.format(phone=phone)), "stop")


def _banned(body: Any, now: int) -> Verdict:
    until = now + (body.Expire * 1000 if body.Expire > 0 else BAN_WAIT)
    return _temporarily_banned(enum_name(body, "Code").replace("_", " ").lower(), until, now)


def _temporarily_banned(why: str, until: int, now: int) -> Verdict:
    until = min(until, now + LONGEST_BAN)
    detail = f"WhatsApp banned this number{f' ({why})' if why else ''} until {_utc(until)}."
    action = f"Wait. The bot tries again when the ban ends, or {RESUME_COMMAND} to try now."
    return Verdict(SessionState("banned", detail, action, until), "wait", until)


def _refused(body: Any, now: int) -> Verdict:
    reason = enum_name(body, "Reason")
    if reason in ("INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"):  # then the library tries again by itself
        return Verdict(SessionState("disconnected", SERVER_FAULT.format(reason.replace("_", " ").lower())))
    if reason == "TEMP_BANNED":
        return _restricted(now)
    said = ": ".join(part for part in (reason.replace("_", " ").lower(), redact(body.Message)) if part)
    detail = f"WhatsApp refused the login ({said or 'no reason given'})."
    return Verdict(SessionState("stopped", detail, "Look at WhatsApp on the phone, then start the bot again."), "stop")


def _restricted(now: int) -> Verdict:
    until = now + RESTRICTED_WAIT
    detail = f"WhatsApp restricts this number at present. The next attempt is at {_utc(until)}."
    action = f"Look at WhatsApp on the phone: it says why. {RESUME_COMMAND} to try now."
    return Verdict(SessionState("restricted", detail, action, until), "wait", until)


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
