"""What commands about figures have in common: a page for each tenant, or one document for machines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from wabot.analytics.period import Period
from wabot.cli import render
from wabot.cli.analytics.page import paragraph, title
from wabot.cli.analytics.shops import Asked, Shop, Unread, exit_code, figures_of_tenants
from wabot.cli.analytics.spoken import span
from wabot.cli.output import Format, say
from wabot.store.sqlite.queries import Ask

Told = TypeVar("Told")


def tell(
    data: Path,
    tenants: Sequence[str],
    asked: Asked,
    output: Format,
    read: Callable[[Shop, Ask, Period], Told],
    page: Callable[[Told], Iterator[str]],
    as_data: Callable[[Told], Mapping[str, Any]],
) -> NoReturn:
    """Read the figures of each tenant and show them: as a page, or as data. Ends the command.

    Raises:
        UsageError: there is no such folder, tenant or period.
        StoreError: there is one tenant, and its store cannot be read.
    """
    shops = figures_of_tenants(data, tenants)
    documents: list[Mapping[str, Any]] = []
    blocks: list[str] = []
    for shop in shops:
        if isinstance(shop, Unread):
            documents.append({"tenant": shop.tenant, "error": shop.error})
            blocks.append("\n".join((title(shop.tenant), *paragraph(shop.error))))
            continue
        period = shop.period(asked)
        with shop.asking() as ask:
            told = read(shop, ask, period)
        documents.append({**shop.about(period), **as_data(told)})
        silence = shop.silence(period)
        below = paragraph(silence) if silence else page(told)
        blocks.append("\n".join((*heading(shop, period), "", *below)))
    if output is Format.json:
        say(render.as_json({"tenants": documents}))
    else:
        say("\n\n".join(blocks) or f"nothing is stored in {data} yet")
    raise typer.Exit(exit_code(shops))


def heading(shop: Shop, period: Period) -> Iterator[str]:
    """Whose figures these are, of which days, and what to know of them."""
    yield title(shop.tenant)
    yield from paragraph(f"{span(period)}, on the clock of {period.zone}")
    for note in shop.notes:
        yield from paragraph(note)
