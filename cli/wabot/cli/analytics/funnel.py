"""`wabot analytics funnel`: what customers do with menus."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from wabot.analytics.funnel import Choice, Funnel
from wabot.analytics.funnel import funnel as read
from wabot.analytics.measures import Ratio
from wabot.analytics.period import Period
from wabot.cli.analytics.drawing import bar
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import columns, paragraph, room, title
from wabot.cli.analytics.shops import Asked, Shop
from wabot.cli.analytics.spoken import number, percent
from wabot.cli.analytics.telling import tell
from wabot.cli.output import Format
from wabot.store.sqlite.queries import Ask

_BAR: Final = 30
_ACTIONS: Final = {"forward_to_cs": "calls a person", "back": "goes back", "close": "ends the menu"}


def funnel(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    output: Output = Format.text,
) -> None:
    """Show what became of each menu: how often it was shown, what was chosen, how often nothing fitted or a person was
    called, and how often it was left without a choice."""
    tell(data, tenant or (), Asked(first, last, lasting), output, _told, _page, _data)


def _told(shop: Shop, ask: Ask, period: Period) -> tuple[Funnel, ...] | None:
    return None if shop.rules is None else read(ask, period, shop.rules)


def _page(told: tuple[Funnel, ...] | None) -> Iterator[str]:
    if not told:
        none = "no sound rules of this tenant were ever live here, so nobody knows its menus"
        yield from paragraph(none if told is None else "the rules have no menu")
        return
    for count, one in enumerate(told):
        yield from ([""] if count else [])
        yield f"  {title(one.name)}" + (f" ({one.rule})" if one.name != one.rule else "")
        rows = [_row("shown", one.opened, one), *(_row(_option(choice), choice.chosen, one) for choice in one.choices)]
        rows += [_row('"not that one"', one.invalid, one), _row("a person was called", one.called, one)]
        rows.append(_row("left without a choice", one.left, one))
        yield from columns(("", "times", "of shown", ""), rows, dispensable=(3, 2))


def _row(name: str, count: int, menu: Funnel) -> tuple[str, ...]:
    most = max(menu.opened, *(choice.chosen for choice in menu.choices), 1)
    share = percent(Ratio(count, menu.opened).percent)
    return name, number(count), share, bar(count, most, min(_BAR, room() // 3))


def _option(choice: Choice) -> str:
    leads = _ACTIONS.get(choice.action) or ", ".join(choice.leads_to)
    return f"  {choice.key}  {choice.label}" + (f" ({leads})" if leads else "")


def _data(told: tuple[Funnel, ...] | None) -> Mapping[str, Any]:
    return {
        "menus": None
        if told is None
        else [
            {
                "rule": one.rule,
                "name": one.name,
                "shown": one.opened,
                "options": [
                    {
                        "key": choice.key,
                        "label": choice.label,
                        "leads_to": list(choice.leads_to),
                        "action": choice.action or None,
                        "chosen": choice.chosen,
                    }
                    for choice in one.choices
                ],
                "invalid": one.invalid,
                "called_a_person": one.called,
                "left_without_a_choice": one.left,
            }
            for one in told
        ]
    }
