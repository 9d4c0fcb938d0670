"""The rules, and whether every tenant that has data has some."""

from collections.abc import Collection, Iterator
from pathlib import Path

from wabot.cli import render
from wabot.cli.health.finding import Checked
from wabot.cli.tenants import choose
from wabot.model.errors import UsageError


def rules(path: Path, stored: Collection[str]) -> Iterator[Checked]:
    """The rules at `path`; `stored` are the tenants that have data."""
    where = f"rules {render.shown(path)}"
    try:
        chosen = choose(path)
    except UsageError as error:
        yield Checked("fail", where, str(error), "name the folder of your tenants: wabot doctor PATH")
        return
    ready = [loaded.rule_set for loaded in chosen.tenants if loaded.rule_set is not None]
    errors = sum(item.severity == "error" for item in chosen.diagnostics)
    count = f"{render.plural(len(chosen.tenants), 'tenant')}, {sum(len(one.rules) for one in ready)} rules"
    if errors:
        yield Checked(
            "fail", where, f"{count}: {render.plural(errors, 'error')}", f"wabot validate {render.shown(path)}"
        )
    else:
        yield Checked("ok", where, count)
    known = {loaded.folder.resolve().name for loaded in chosen.tenants}
    for name in sorted(set(stored) - known):
        yield Checked("warn", name, "there is data, but no rules: nobody is answered", f"put {name} back into {path}")
    phones: dict[str, list[str]] = {}
    for one in ready:
        phones.setdefault(one.tenant.phone, []).append(one.tenant.id)
    for phone, names in phones.items():
        if len(names) > 1:
            do = "give each tenant its own number in tenant.yaml"
            yield Checked("fail", where, f"{', '.join(names)} have the same number (…{phone[-3:]})", do)
