"""On which clock a tenant's figures are told."""

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from wabot.cli.kept import live_rules
from wabot.store.sqlite.queries import Ask

_DEFAULT: Final = "Asia/Jakarta"
"""That of `wabot init`, for data that no session has run with."""


def tenants_zone(folder: Path, ask: Ask) -> ZoneInfo:
    """The time zone of the tenant whose data is in `folder`: that of its rules as they were last live, else the one in
    which its figures were counted."""
    rules = live_rules(folder)
    if rules is not None and isinstance(rules.tenant.timezone, ZoneInfo):
        return rules.tenant.timezone
    row = ask("export_zone").fetchone()
    return ZoneInfo((row["zone"] if row else "") or _DEFAULT)
