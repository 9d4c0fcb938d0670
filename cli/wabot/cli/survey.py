"""Everything there is to find in the tenants at a path: what `wabot validate` reports, before anybody chooses."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wabot.cli.progress import Progress
from wabot.cli.remembering import Checked
from wabot.cli.tenants import folders, remembering
from wabot.language.diagnostic import Diagnostic
from wabot.lint.numbers import same_numbers

if TYPE_CHECKING:
    from wabot.language.document import Document
    from wabot.lint.silences import Silenced


@dataclass(frozen=True, slots=True)
class Survey:
    """`findings` are sorted by place, `silenced` those that a comment silences."""

    tenants: tuple[Checked, ...]
    findings: tuple[Diagnostic, ...]
    silenced: "tuple[Silenced, ...]" = ()
    documents: "Mapping[Path, Document]" = field(default_factory=dict)

    def document(self, path: Path) -> "Document | None":
        """A file as it was read; if that was not now, as it is. None for what is no file of a tenant."""
        if path in self.documents:
            return self.documents[path]
        kind = next((tenant.files[path] for tenant in self.tenants if path in tenant.files), None)
        if kind is None:
            return None
        from wabot.language.document import Document, read_document

        if not kind:
            return Document(path, path.read_bytes().decode("utf-8-sig", "replace"))
        document = read_document(path)
        document.kind = kind
        return document


def survey(path: Path | None, only: Sequence[str] = (), *, cached: bool = True, keep: bool = False) -> Survey:
    """Read and check every tenant at `path`; unless `cached`, even what has not changed since it was checked. With
    `keep`, `documents` holds every file as it was read.

    Raises:
        UsageError: the path or a named tenant does not exist.
    """
    # Reading makes and drops trees without circles by the thousand; to search them for circles costs a fifth of it all.
    gc.set_threshold(50_000, 20, 100)
    chosen = folders(path, only)
    documents: dict[Path, Document] = {}
    with remembering(cached=cached) as tenants:
        kept = documents if keep else None
        checked = tuple(tenants.checked(folder, kept) for folder in Progress().over(chosen.folders, "checking"))
    shared = same_numbers((tenant.tenant_id, tenant.folder, tenant.phone) for tenant in checked)
    found = sorted({*chosen.diagnostics, *(item for tenant in checked for item in tenant.findings), *shared})
    if not any(tenant.commented for tenant in checked):
        return Survey(checked, tuple(found), (), documents)
    from wabot.lint.silences import Commented, heed

    seen = Survey(checked, (), (), documents)
    left, silenced = heed(
        [
            Commented([document for path in tenant.commented if (document := seen.document(path))], tenant.sound)
            for tenant in checked
        ],
        found,
    )
    return Survey(checked, tuple(sorted(left)), tuple(silenced), documents)
