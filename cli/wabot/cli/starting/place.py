"""Where `wabot init` writes: the repository that a path belongs to, and the tenants that are there."""

from dataclasses import dataclass
from pathlib import Path

from wabot.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """`root` holds rules/, or will. `tenant` is the one that the path itself is ("" = none)."""

    root: Path
    tenants: tuple[str, ...]
    tenant: str = ""


def find(path: Path) -> Place:
    """The repository at `path`; its folder rules/ and a tenant's folder in that stand for it.

    Raises:
        UsageError: `path` is a file, or a tenant's folder that is in no folder rules/.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; name a folder")
    whole = path.resolve()
    if (whole / "tenant.yaml").is_file():
        if whole.parent.name != "rules":
            raise UsageError(f"{path} is a tenant's folder, but not in a folder rules/, where wabot init keeps tenants")
        return Place(whole.parents[1], _tenants(whole.parent), whole.name)
    if whole.name == "rules" and _tenants(whole):
        return Place(whole.parent, _tenants(whole))
    return Place(path, _tenants(path / "rules"))


def _tenants(rules: Path) -> tuple[str, ...]:
    return tuple(sorted(found.parent.name for found in rules.glob("[!_.]*/tenant.yaml")))
