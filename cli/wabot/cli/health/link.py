"""A tenant's link with WhatsApp: is it the tenant's, and can it be brought back if its key store is lost?"""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

from wabot.cli.configured import configured_key
from wabot.cli.health.finding import Checked
from wabot.cli.stored import when, with_data
from wabot.cli.whose_keys import other_number
from wabot.model.errors import BackupError, KeysUnusable, UsageError
from wabot.store.keeping.keys_backup import open_keys_backup
from wabot.store.keeping.layout import KEYS, KEYS_BACKUP
from wabot.store.keeping.sealing import MAKE_ONE

_OLD: Final = 3 * 86_400_000
_WRITE: Final = "wabot jobs run keys-backup"
_NO_KEY: Final = f"set WHATSAPP_ENCRYPTION_KEY_FILE for the daemon ({MAKE_ONE}) and for this command; docs/backup.md"


def whose(folder: Path, rules: Path | None, *, running: bool) -> Iterator[Checked]:
    """Whether the keys are of the number that tenant.yaml names; nothing when they are."""
    from wabot.channel.neonize.linked import read_linked

    try:
        linked = read_linked(folder / KEYS)
    except KeysUnusable:  # that has a line of its own
        return
    if linked is not None and (wrong := other_number(folder, linked.phone, rules=rules, running=running)):
        yield Checked("fail", folder.name, wrong.detail, wrong.action)


def link(folder: Path, now: int) -> Iterator[Checked]:
    """Whether there is an encrypted backup of the keys, and whether it opens; nothing for a tenant without keys."""
    from wabot.channel.neonize.linked import restore_command

    name, keys, file = folder.name, folder / KEYS, folder / KEYS_BACKUP
    linked = keys.is_file() and keys.stat().st_size > 0
    if not linked and not file.is_file():
        return
    try:
        key = configured_key()
    except UsageError as error:
        yield Checked("fail", name, str(error), "mend the setting; docs/settings.md")
        return
    if not key:
        found = "no WHATSAPP_ENCRYPTION_KEY is set: " + (
            f"whether {KEYS_BACKUP} opens is not known"
            if file.is_file()
            else "no encrypted backup of its keys is written"
        )
        yield Checked("warn", name, found, _NO_KEY)
        return
    if not file.is_file():
        do = f"the session writes it within a day; now: {with_data(_WRITE, folder.parent)}"
        yield Checked("warn", name, "there is no encrypted backup of its WhatsApp keys", do)
        return
    try:
        opened = open_keys_backup(file, key, name)
    except BackupError as error:
        do = f"is the key the daemon's? If so, write it anew: {with_data(_WRITE, folder.parent)}"
        yield Checked("fail", name, str(error).removesuffix(" Nothing was changed."), do)
        return
    if not linked:
        do = f"{restore_command(folder)}, or link the phone anew"
        yield Checked("warn", name, f"{KEYS} is gone, and {KEYS_BACKUP} is of {when(opened.made_at)}", do)
    elif now - opened.made_at > _OLD:
        do = f"does its session run? {with_data(f'wabot jobs --tenant {quote(name)}', folder.parent)}"
        yield Checked("warn", name, f"{KEYS_BACKUP} is of {when(opened.made_at)}", do)
    else:
        yield Checked("ok", name, f"{KEYS_BACKUP} of {when(opened.made_at)} opens")
