"""A tenant's rules, to be held against what they did: those that were live last, or those in files that are named."""

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
    from wabot.language.tenant import Loaded

Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="PATH", help="Rules to look at instead of those that were live last."),
]


def written_rules(shop: Shop, path: Path | None) -> "Loaded | None":
    """The tenant's rules in `path`; without one, those that were live last. None where nobody knows them.

    Raises:
        UsageError: there is no such tenant at the path.
    """
    from wabot.engine.load import load_tenant

    if path is None:
        return None if shop.rules is None else load_tenant(shop.folder / COPY / shop.tenant)
    folder = _within(path, shop.tenant)
    if folder is None:
        raise UsageError(
            f"--rules {path}: there is no tenant `{shop.tenant}`; name the tenants to look at with --tenant"
        )
    return load_tenant(folder)


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
