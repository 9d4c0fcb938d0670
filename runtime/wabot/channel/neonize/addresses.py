"""Which customer a number belongs to: WhatsApp names one person by a phone number today and by a LID tomorrow."""

import sqlite3
from contextlib import closing
from pathlib import Path


class Addresses:
    """What is known of LIDs and phone numbers (digits only)."""

    def __init__(self) -> None:
        self._lid_of: dict[str, str] = {}
        self._phone_of: dict[str, str] = {}
        self._lids: set[str] = set()

    def lid_of(self, phone: str) -> str:
        return self._lid_of.get(phone, "")

    def phone_of(self, lid: str) -> str:
        return self._phone_of.get(lid, "")

    def both(self, lid: str, phone: str) -> tuple[str, str]:
        """The LID and the number of somebody of whom one may be "": what is known of the other in its place."""
        lid = lid or self.lid_of(phone)
        return lid, phone or self.phone_of(lid)

    def is_lid(self, chat: str) -> bool:
        return chat in self._lids

    def learn(self, lid: str, phone: str) -> None:
        """Note that `lid` exists, and whose it is when `phone` is known."""
        if lid:
            self._lids.add(lid)
        if lid and phone:
            self._lid_of[phone] = lid
            self._phone_of[lid] = phone

    def load(self, path: Path) -> None:
        """Learn what the library's key store knows from earlier runs.

        Only before the library opens the file: two copies of SQLite in one process would drop each other's locks.
        """
        if not path.exists():
            return
        with closing(sqlite3.connect(path)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "whatsmeow_lid_map" in tables:
                for lid, phone in db.execute("SELECT lid, pn FROM whatsmeow_lid_map"):
                    self.learn(str(lid), str(phone))
            # After a restore there are no sessions, but the keys of those who had some.
            for table in {"whatsmeow_sessions", "whatsmeow_identity_keys"} & tables:
                # A LID's are kept as "<lid>_1:<device>", a phone number's as "<phone>:<device>".
                for (their,) in db.execute(f"SELECT their_id FROM {table} WHERE their_id LIKE '%\\_1:%' ESCAPE '\\'"):
                    self.learn(str(their).split("_", 1)[0], "")
