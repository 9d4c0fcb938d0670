"""Where the tenants of a path are."""

from pathlib import Path

from wabot.language.diagnostic import Diagnostic, Location
from wabot.model.errors import UsageError
from wabot.model.value import value


@value
class Found:
    """The tenants of a path, and what is wrong with the folder itself."""

    folders: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def find_tenants(path: Path) -> Found:
    """The tenants at `path`: itself when it holds a tenant.yaml, else each folder in it whose name does not begin with
    `_` or a dot. A file stands for the tenant that it belongs to.

    Raises:
        UsageError: there is nothing at `path`.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    if path.is_file():
        for folder in path.resolve().parents:
            if (folder / "tenant.yaml").is_file():
                return Found((folder,))
        raise UsageError(f"{path} belongs to no tenant: no folder above it holds a tenant.yaml")
    try:
        if (path / "tenant.yaml").exists():
            return Found((path,))
        folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and entry.name[0] not in "_.")
    except OSError as error:
        return Found(
            (), (_wrong(path, "WB001", f"cannot be read: {error.strerror}", "check the folder's permissions"),)
        )
    if not folders:
        hint = "make one folder a tenant, with a tenant.yaml in it"
        return Found((), (_wrong(path, "WB010", "there are no tenants in this folder", hint),))
    return Found(tuple(folders))


def _wrong(path: Path, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Location(path), "error", code, message, hint)
