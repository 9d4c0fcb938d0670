"""The files of one tenant's folder, each read once, with what is wrong in them and around them."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wabot.language.bounds import Bounds
from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document, parse_document, read_document
from wabot.language.durations import check_durations
from wabot.language.files import MAX_BYTES, read_file
from wabot.language.shape import Kind, Listing, check_shape, entries, salvage

RULES: Final = "rules/managed.yaml"
"""Where the API writes rules when tenant.yaml says `managed: true`, from the tenant's folder; read like any other."""
QUICK_REPLIES: Final = ("quick-replies.yaml", "quick-replies.managed.yaml")
"""The second is the one that the API writes."""
Drafts = Mapping[Path, bytes]
"""Files as they would be, by their paths in the tenant's folder: read in place of what is on disk."""
NO_DRAFTS: Final[Drafts] = MappingProxyType({})


class OwnFiles:
    """`documents` are those that were read; `findings` what is wrong with no text: a folder, a name, a link."""

    def __init__(self, folder: Path, drafts: Drafts = NO_DRAFTS) -> None:
        self.folder, self._drafts = folder, drafts
        self.bounds = Bounds(folder)
        self.documents: list[Document] = []
        self.findings: list[Diagnostic] = []

    def names(self) -> set[str]:
        """What lies in the folder itself.

        Raises:
            OSError: the folder cannot be read.
        """
        drafted = {path.name for path in self._drafts if path.parent == self.folder}
        return {entry.name for entry in self.folder.iterdir()} | drafted

    def outside(self, path: Path) -> Document:
        """In place of a file that is not the tenant's: nothing of it is read, lest a finding quotes it."""
        self.found(path, "WB015", "this link leads out of the tenant's folder", "put the file itself here")
        return Document(path, findings=[self.findings[-1]])

    def is_file(self, path: Path) -> bool:
        """Whether a file lies there that may be sent; what lies there instead is a finding."""
        if self.bounds.left_by(path):
            self.outside(path)
            return False
        if path.is_file():
            return True
        if not path.is_dir():  # a folder has its own finding
            self.found(path, "WB001", "cannot be read: it is no file", "put the file itself here")
        return False

    def read(self, path: Path, kind: Kind) -> Document | None:
        """Read a file that is one mapping; None when anything in it is wrong."""
        if self.bounds.left_by(path):
            self.outside(path)
            return None
        document = self._document(path)
        document.kind = kind
        self.documents.append(document)
        shaped = _parsed(document) and check_shape(document, kind)
        check_durations(document)
        return document if shaped and not document.findings else None

    def listing(self, path: Path, kind: Listing) -> Document:
        """Read a file that is a list of rules, tests or quick replies; what is usable is in `entries`."""
        if self.bounds.left_by(path):
            return self.outside(path)
        document = self._document(path)
        document.kind = kind
        self.documents.append(document)
        if _parsed(document):
            shaped = check_shape(document, kind)
            document.entries = entries(kind, document.data) if shaped else salvage(kind, document.data)
            check_durations(document)
        return document

    def _document(self, path: Path) -> Document:
        draft = self._drafts.get(path)
        return read_document(path) if draft is None else parse_document(path, draft)

    def text(self, path: Path) -> Document:
        """Read a template."""
        if self.bounds.left_by(path):
            return self.outside(path)
        document = Document(path)
        self.documents.append(document)
        try:
            raw = read_file(path)
            if len(raw) > MAX_BYTES:
                message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
                document.report("WB008", message, "shorten it: it is the text of one reply")
            else:
                document.text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            document.report("WB002", "this file is not UTF-8 text", "save it as UTF-8")
        except OSError as error:
            document.report("WB001", f"cannot be read: {error.strerror or error}", "check the file's permissions")
        return document

    def glob(self, folder: str, suffix: str, within: Path | None = None) -> list[Path]:
        """The files in `folder`, of the tenant's own or of one `within` which it lies, whose names end so, in order."""
        place = (within or self.folder) / folder
        if self.bounds.left_by(place) or (within not in (None, self.folder) and not self.bounds.hold(place)):
            self.outside(place)
            return []
        try:
            drafted = {path for path in self._drafts if path.parent == place}
            entries = sorted(drafted.union(place.iterdir() if place.is_dir() else ()))
        except OSError as error:
            self.found(place, "WB001", f"cannot be read: {error.strerror}", "check the folder's permissions")
            return []
        if not place.is_dir() and place.exists():
            hint = f"make {folder}/ a folder, with the files in it"
            self.found(place, "WB013", "this file is not read: it should be a folder", hint, "warning")
        for entry in entries:
            if entry.is_dir() and entry.name[0] not in "_." and not (suffix and entry.name.endswith(suffix)):
                hint = f"put its files into {folder}/ itself"
                self.found(entry, "WB013", "this folder is not read: folders here hold no folders", hint, "warning")
            if suffix == ".yaml" and entry.suffix == ".yml":
                self.found(
                    entry, "WB013", "this file is not read: its name ends in .yml", "rename it to .yaml", "warning"
                )
        return [entry for entry in entries if entry.name.endswith(suffix) and not entry.name.startswith(".")]

    def strays(self, present: set[str]) -> None:
        """Report what lies in the folder and is never read."""
        known = {"tenant.yaml", "hours.yaml", "rules.yaml", *QUICK_REPLIES}
        folders = ("rules", "templates", "media", "tests")
        for name in sorted(present - known):
            if (meant := f"{name}s") in folders and (self.folder / name).is_dir():
                self.found(self.folder / name, "WB013", "this folder is not read", f"name it {meant}", "warning")
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                hint = f"the files here are {', '.join(sorted(known)[:4])}; more rules go into rules/*.yaml"
                self.found(self.folder / name, "WB013", "this file is not read", hint, "warning")

    def found(self, path: Path, code: str, message: str, hint: str, severity: Any = "error") -> None:
        """Report something about a file or folder as a whole."""
        self.findings.append(Diagnostic(Location(path), severity, code, message, hint))


def _parsed(document: Document) -> bool:
    """Whether there is data to look at. A repeated key, say, is a mistake, but hides no other; an endless file does."""
    return document.data is not None and not any(finding.code == "WB008" for finding in document.findings)
