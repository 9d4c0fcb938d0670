"""A tenant's rules, to be held against what they did: those that were live last, or those in files that are named."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wabot.analytics.period import Period
from wabot.cli.analytics.shops import Shop
from wabot.cli.stored import with_data
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError
from wabot.session.last_sound import COPY

if TYPE_CHECKING:
    from wabot.language.rule_set import RuleSet

Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="PATH", help="Rules to look at instead of those that were live last."),
]


@dataclass(frozen=True, slots=True)
class Written:
    """The `folder` that holds them, and the rules themselves; both None where nobody knows them."""

    folder: Path | None = None
    rule_set: "RuleSet | None" = None


def written_rules(shop: Shop, path: Path | None) -> Written:
    """The tenant's rules in `path`; without one, those that were live last.

    Raises:
        UsageError: there is no such tenant at the path.
    """
    if path is None:
        copy = shop.folder / COPY / shop.tenant
        return Written() if shop.rules is None else Written(copy, shop.rules)
    folder = _within(path, shop.tenant)
    if folder is None:
        raise UsageError(
            f"--rules {path}: there is no tenant `{shop.tenant}`; name the tenants to look at with --tenant"
        )
    from wabot.engine.load import load_tenant

    found = load_tenant(folder).readable
    return Written() if found is None else Written(folder, found)


def again(name: str, data: Path, shop: Shop, period: Period) -> str:
    """The command of figures of that name, as it is typed for the same tenant and period."""
    days = f"--from {period.first} --to {period.last}"
    return f"{with_data(f'wabot analytics {name}', data)} --tenant {shop.tenant} {days}"


def checkout_of(tenant: str, path: Path | None) -> Path | None:
    """Where the tenant's files lie that people write: in `path`, else in ./rules."""
    if path is None and not Path("rules").is_dir():
        return None
    return _within(path or Path("rules"), tenant)


def _within(path: Path, tenant: str) -> Path | None:
    return next((folder for folder in find_tenants(path).folders if folder.resolve().name == tenant), None)
