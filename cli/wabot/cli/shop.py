"""Who answers for a tenant, for commands that know only the data folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from wabot.cli.stored import missing, stored_tenants
from wabot.model.errors import UsageError
from wabot.model.people import Choose, Operator
from wabot.model.stored import StoredOperator

if TYPE_CHECKING:
    from wabot.language.rule_set import RuleSet


def chooser(rule_set: "RuleSet | None", now: int) -> Choose:
    """Who gets a chat, as the tenant has it; where nobody knows, all stays as it is until a session says."""
    if rule_set is None:
        from wabot.engine.assignment import stays

        return stays
    from wabot.engine.assignment import chooser as by_rules

    return by_rules(rule_set.tenant, now)


def one_tenant(data: Path, name: str) -> Path:
    """The data folder of the tenant that is named, or of the only one there is.

    Raises:
        UsageError: there are several, or none.
    """
    folders = stored_tenants(data, (name,) if name else ())
    if len(folders) == 1:
        return folders[0]
    if not folders:
        raise UsageError(f"nothing is stored in {data} yet; `wabot run` makes it")
    raise UsageError(f"name a tenant with --tenant; there are: {', '.join(folder.name for folder in folders)}")


def people_of(folder: Path) -> list[StoredOperator]:
    """The operators of the tenant whose data lies in `folder`.

    Raises:
        StoreError: its store cannot be read.
    """
    from wabot.store.sqlite import reading

    with reading(folder, folder.name) as store:
        return store.operators()


def named(folder: Path, email: str) -> Operator:
    """The operator with that e-mail address.

    Raises:
        UsageError: there is nobody of that address.
        StoreError: the store cannot be read.
    """
    people = {one.operator.email: one.operator for one in people_of(folder)}
    found = people.get(email.strip().lower())
    if found is None:
        raise missing("operator", email, folder.name, people)
    return found
