"""A tenant's data: is the file whole, does anything hang, is there a backup."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wabot.cli import render
from wabot.cli.backup import size
from wabot.cli.health.finding import Checked
from wabot.cli.health.folders import private
from wabot.cli.health.link import link, whose
from wabot.cli.status import runs
from wabot.cli.stored import when
from wabot.cli.troubles import set_aside
from wabot.cli.undelivered import ACTION, undelivered
from wabot.model.errors import StoreError
from wabot.store.keeping.backup import backups
from wabot.store.keeping.examining import Examined, check_pages, examine
from wabot.store.keeping.layout import DATABASES, KEYS, SETTING, STAGING, backup_folders

_SEE: Final = "see docs/troubleshooting.md"
_LOG: Final = 64_000_000
"""Bytes of a write-ahead log beyond which something keeps it from being emptied."""
_AHEAD: Final = 300_000
_OLD: Final = 7 * 86_400_000


def tenant(folder: Path, data: Path, now: int, *, deep: bool, rules: Path | None = None) -> Iterator[Checked]:
    """Everything about one tenant's data; `rules` is where the tenants' rules are, None for ./rules."""
    name = folder.name
    running = runs(folder)
    unreadable: dict[str, str] = {}
    yield Checked("ok", name, "a session runs" if running else "no session runs")
    for database in DATABASES:
        path = folder / database
        if path.is_file() and path.stat().st_size:
            try:
                found = check_pages(path, deep=deep)
            except StoreError as error:
                unreadable[database] = str(error)
                yield Checked("fail", name, str(error), _SEE)
                continue
            if found:
                do = "restart the session: it sets the file aside and takes the newest backup (docs/troubleshooting.md)"
                yield Checked("fail", name, f"{database} is damaged: {found}", do)
            else:
                yield Checked("ok", name, f"{database} is whole ({size(path.stat().st_size)})")
    try:
        yield from _examined(name, examine(folder, name, now), now, running)
    except StoreError as error:
        if str(error) not in unreadable.values():
            yield Checked("fail", name, str(error), _SEE)
    if lost := undelivered(folder):
        found = f"{render.replies(len(lost))} reached no phone, though the customer has written since"
        yield Checked("warn", name, found, ACTION)
    for path, told in set_aside(folder):
        yield Checked("warn", name, told, f"once you have looked at it, move {path} away")
    if (folder / STAGING).exists():
        yield Checked("warn", name, "a restore was broken off", "start the session, or restore again: either ends it")
    yield from _backed_up(folder, now)
    if KEYS not in unreadable:
        yield from whose(folder, rules, running=running)
    yield from link(folder, now)
    # What lies deeper is guarded by the folder; media there may be links to the rules' own files.
    yield from private(name, data, [folder, *(path for path in folder.iterdir() if path.is_file())])


def _examined(name: str, seen: Examined, now: int, running: bool) -> Iterator[Checked]:
    if seen.schema > seen.known:
        do = "install that version again, or restore a backup"
        yield Checked("fail", name, f"its schema {seen.schema} is of a newer wabot (this knows {seen.known})", do)
    elif seen.schema < seen.known:
        yield Checked("ok", name, f"schema {seen.schema}; the next start brings it to {seen.known}")
    else:
        yield Checked("ok", name, f"schema {seen.schema}")
    if seen.action and (running or seen.status != "rules_invalid"):
        yield Checked("warn", name, f"its state is {seen.status}", seen.action)
    restart = "look into the log; a restart of the session takes them up again"
    if seen.undecided and running:
        yield Checked("warn", name, f"{_messages(seen.undecided)} undecided for over 10 minutes", restart)
    if seen.sending:
        do = "a restart calls them unknown; then look at the chats: wabot outbox"
        yield Checked("warn", name, f"{render.replies(seen.sending)} being sent for over 10 minutes", do)
    if seen.overdue and running:
        do = "is WhatsApp connected, or the tenant paused? wabot status, wabot outbox"
        yield Checked("warn", name, f"{render.replies(seen.overdue)} waiting for over 10 minutes", do)
    if seen.unknown:
        do = "look at the chats on the phone; wabot outbox retry ID --i-know-it-did-not-arrive"
        yield Checked("warn", name, f"of {render.replies(seen.unknown)} nobody knows whether it arrived", do)
    if seen.set_aside:
        do = "a person must answer them: wabot conversations --status pending; please report the traceback (wabot why)"
        yield Checked("warn", name, f"{_messages(seen.set_aside)} set aside in the last 7 days", do)
    if seen.log > _LOG:
        do = "something keeps the file open for reading; end old `wabot` and sqlite3 processes, or restart the session"
        yield Checked("warn", name, f"its write-ahead log has grown to {size(seen.log)}", do)
    if seen.newest > now + _AHEAD:
        do = "set the clock right (timedatectl): cooldowns, hours and limits go by it"
        yield Checked("fail", name, f"its newest message arrived at {when(seen.newest)}, later than now", do)


def _backed_up(folder: Path, now: int) -> Iterator[Checked]:
    paths = [path for place in backup_folders(folder) for _, path in backups(place, folder.name)]
    newest = max((path.stat().st_mtime_ns // 1_000_000 for path in paths), default=None)
    if newest is None:
        looked = ", ".join(str(place) for place in backup_folders(folder))
        do = "wabot backup"
        if not os.environ.get(SETTING):
            do += f"; if backups lie elsewhere (--output), name that folder by {SETTING}"
        yield Checked("warn", folder.name, f"there is no backup in {looked}", f"{do}; docs/backup.md")
    elif now - newest > _OLD:
        yield Checked("warn", folder.name, f"the newest backup is of {when(newest)}", "is the timer on? docs/backup.md")
    else:
        yield Checked("ok", folder.name, f"{render.plural(len(paths), 'backup')}, the newest of {when(newest)}")


def _messages(count: int) -> str:
    return render.plural(count, "message")
