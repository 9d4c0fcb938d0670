"""`wabot pair`: link a tenant's phone."""

import signal
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from wabot.cli.code_picture import Drawn, Picture
from wabot.cli.linking import check_owner, complain_about, exit_code, make_data, number_of, with_settings
from wabot.cli.lost_keys import AGAIN, LOST, lost_beneath, status_of
from wabot.cli.output import Format, complain, say
from wabot.cli.stored import DATA_HELP, as_chat, when, with_data
from wabot.model.errors import UsageError
from wabot.store.keeping.layout import KEYS

if TYPE_CHECKING:
    from wabot.daemon.linking_order import Order

_SCAN: Final = "scan this with the phone of {phone}: WhatsApp > Linked devices > Link a device. It works for {left} s."
_TYPE: Final = """\
{tenant}: on the phone of {phone}: WhatsApp > Linked devices > Link a device > Link with phone number instead.
Type this code there, within {left} s:

    {code}
"""


def pair(
    tenant: Annotated[str, typer.Argument(metavar="TENANT", help="Whose phone to link.")],
    code: Annotated[
        str, typer.Option("--code", metavar="PHONE", help="Show a code to type on the phone with this number.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.png|FILE.svg", help="Write the QR code into this file instead.")
    ] = None,
    timeout: Annotated[int, typer.Option(min=1, max=3600, help="Seconds to wait for the phone.")] = 180,
    rules: Annotated[
        Path | None, typer.Option(help="The folder of tenants.", show_default="./rules, or what last ran")
    ] = None,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    node: Annotated[
        Path | None, typer.Option(help="The file with the node's settings.", show_default="$WABOT_NODE")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="For people, or each event as a line of JSON.")] = (
        Format.text
    ),
) -> None:
    """Link a tenant's phone, by a QR code or a code to type. A daemon that waits for it starts the session at once."""
    from wabot.channel.neonize.linked import restore_command
    from wabot.daemon.linking_order import Order

    if code and out is not None:
        raise UsageError("--out writes a QR code, and with --code there is none")
    phone = number_of(tenant, rules, data)
    if code and not as_chat(code).isdigit():
        raise UsageError(f"`{code}` is no phone number; --code takes the number of {tenant}'s phone: --code {phone}")
    if code and as_chat(code) != phone:
        raise UsageError(
            f"{tenant}'s number is {phone}, and only its phone may be linked; if it has another number now, change "
            "`phone` in its tenant.yaml"
        )
    check_owner(data)
    with_settings(node)
    if restore := restore_command(data / tenant):
        complain(f"{tenant}: before anybody fetches the phone: the link comes back without it: {restore}")
    run = with_data(f"wabot run{f' {quote(str(rules))}' if rules is not None else ''}", data)
    show = _Machines(tenant, out) if output is Format.json else _People(tenant, phone, data, run, out)
    _stop_as_ctrl_c_does()
    done = _follow(tenant, data, Order("pair", timeout, phone, bool(code), run), show)
    show.done(done)
    raise typer.Exit(exit_code(done))


def _follow(tenant: str, data: Path, order: "Order", show: "_Show") -> Mapping[str, Any]:
    """Show what happens until it is over; the last event. Ctrl-C, whenever it comes, asks the process to stop."""
    from wabot.daemon.link_process import LinkProcess

    make_data(data)
    done: Mapping[str, Any] = {}
    with LinkProcess(data / tenant, order) as process:
        try:
            for done in _knowing_more(process.events(), data / tenant, order):
                show.event(done)
        except KeyboardInterrupt:
            if done.get("event") != "done":
                for done in process.stop():
                    show.event(done)
        finally:
            show.over()
    return done


def _knowing_more(events: Iterable[Mapping[str, Any]], folder: Path, order: "Order") -> Iterator[Mapping[str, Any]]:
    """The events; a tenant that is busy may be one that is linked and runs."""
    for event in events:
        yield _who_has_it(folder, order) or event if event.get("reason") == "busy" else event


def _who_has_it(folder: Path, order: "Order") -> Mapping[str, Any] | None:
    from wabot.channel.neonize.linked import named, read_linked

    linked = read_linked(folder / KEYS)
    if linked is not None and linked.phone != order.phone:
        from wabot.channel.neonize.outcomes import other_keys

        wrong = other_keys(order.phone, linked.phone)
        action = named(wrong.action, folder)
        return {"event": "done", "reason": "other_number", "detail": wrong.detail, "action": action}
    if linked is None and lost_beneath(folder):
        return {"event": "done", "reason": "keys_lost", "detail": LOST, "action": AGAIN}
    if linked is not None:
        return {
            "event": "done",
            "reason": "already_paired",
            "phone": linked.phone,
            "since": linked.since,
            "runs": True,
            "status": status_of(folder),
        }
    return {
        "event": "done",
        "reason": "busy",
        "detail": f"Another process has {folder.name} just now.",
        "action": "It may be a `wabot run` in a terminal, which shows its code there, or another `wabot pair`.",
    }


class _Show:
    """Tells what happens."""

    def __init__(self, tenant: str, out: Path | None) -> None:
        self._tenant = tenant
        self._picture = Picture(out) if out is not None else None

    def event(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "qr" and self._picture is not None:
            self._picture.show(event["code"])
        elif event["event"] in ("linking", "waiting"):
            self.over()

    def over(self) -> None:
        """No code that was shown works any more."""
        if self._picture is not None:
            self._picture.over()

    def done(self, done: Mapping[str, Any]) -> None: ...


class _Machines(_Show):
    def event(self, event: Mapping[str, Any]) -> None:
        import json

        super().event(event)
        if event["event"] != "done":
            say(json.dumps({**event, "tenant": self._tenant}, ensure_ascii=False))

    def done(self, done: Mapping[str, Any]) -> None:
        import json

        named = done["reason"] if done["reason"] in ("paired", "already_paired") else "failed"
        say(json.dumps({**done, "event": named, "tenant": self._tenant}, ensure_ascii=False))


class _People(_Show):
    def __init__(self, tenant: str, phone: str, data: Path, run: str, out: Path | None) -> None:
        super().__init__(tenant, out)
        self._phone, self._data, self._run, self._out = phone, data, run, out
        self._drawn = Drawn()

    def event(self, event: Mapping[str, Any]) -> None:
        super().event(event)
        match event["event"]:
            case "qr":
                words = _SCAN.format(phone=self._phone, left=event["expires_in"])
                if self._out is None:
                    self._drawn.show(event["code"], f"{self._tenant}: {words}")
                else:
                    say(f"{self._tenant}: {self._out} is written; {words}")
            case "pair_code":
                left = event["expires_in"]
                say(_TYPE.format(tenant=self._tenant, phone=self._phone, left=left, code=event["code"]))
            case "waiting":
                say(f"{self._tenant}: {event['detail']}")
            case "linking":
                say(f"{self._tenant}: linked; logging in")

    def over(self) -> None:
        super().over()
        self._drawn.over()

    def done(self, done: Mapping[str, Any]) -> None:
        from wabot.channel.neonize.linked import command

        if done["reason"] == "paired":
            say(f"{self._tenant}: {self._phone} is linked. {self._what_now(done)}")
        elif done["reason"] == "already_paired":
            since = f", since {when(done['since'], seconds=False)}" if done.get("since") else ""
            runs = f" Its session runs: {done['status']}." if done.get("runs") else ""
            say(f"{self._tenant}: {done['phone']} is linked already{since}.{runs}")
            say(f"  to link it anew, `{command('unpair', self._data / self._tenant)}` first")
        else:
            complain_about(done)

    def _what_now(self, done: Mapping[str, Any]) -> str:
        match done.get("daemon"):
            case "told":
                return "The daemon starts its session now."
            case "forbidden":
                reload = with_data("wabot reload", self._data)
                return f"The daemon is another user's: tell it with `{reload}` as that user."
            case _:
                return f"Now start it: {self._run}"


def _stop_as_ctrl_c_does() -> None:
    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
