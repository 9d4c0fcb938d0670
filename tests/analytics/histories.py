"""Small histories of a shop, step by step: rows as the pipeline writes them, with the triggers that are there, in
orders that it would hardly ever come to."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from tests.blank import lay
from wabot.model.ids import uuid7
from wabot.model.message import Message
from wabot.store.sqlite.identity import find_contact
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import asker

TENANT: Final = "warung"
START: Final = 1_774_720_800_000
"""A Saturday noon in Jakarta, hours before the clocks of Europe are set forward."""
CHATS: Final = ("628111", "628222", "199333")
PEOPLE: Final = ("sari@warung.id", "dedi@warung.id", "wabot", "")
_SPANS: Final = (0, 1, 700, 45_000, 45_000, 660_000, 660_000, 3_600_000, 26_000_000, 86_400_000, 90_000_000)
_ANSWERS: Final = ("rule", "two", "failed", "no_match", "cooldown", "csat", "nothing")
_BECOMES: Final = ("sent", "delivered", "read", "failed", "unknown")


class Step(NamedTuple):
    """What happens, in which chat, how long after what happened before, and a number for what is left open."""

    what: str
    chat: int
    after: int
    roll: int


STEPS: Final = st.lists(
    st.builds(
        Step,
        st.sampled_from(
            (
                *("asks", "asks", "asks", "answers", "answers", "becomes", "becomes", "receipt", "receipt"),
                *("deletes", "merges", "imports", "survey", "presence", "retires", "overtakes"),
                *("at_a_time", "at_a_time", "counts"),
            )
        ),
        st.sampled_from((0, 0, 0, 0, 1, 2)),
        st.sampled_from(_SPANS),
        st.sampled_from(range(420)),
    ),
    min_size=20,
    max_size=50,
)


class History:
    """A store, and the moment to which its history has come."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = lay(folder), START
        self._connection = open_file(folder)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._ask = asker(self._connection, TENANT)
        self._number = 0
        for email in PEOPLE[:2]:
            values = dict.fromkeys(("role", "capacity"), "operator") | {"capacity": 10}
            self._ask(
                "operator_add",
                id=uuid7(START),
                email=email,
                name=email[:4],
                status="offline",
                hours="",
                **{**values, "teams": "[]", "at": START},
            )

    def close(self) -> None:
        self._connection.close()

    def play(self, step: Step) -> None:
        self.now += step.after
        if step.what == "counts":
            return
        getattr(self, f"_{step.what}")(step)

    def _rows(self, sql: str, *values: Any) -> Sequence[sqlite3.Row]:
        found: list[sqlite3.Row] = self._connection.execute(sql, values).fetchall()
        return found

    def _conversation(self, step: Step) -> str:
        """The chat's, made when there is none."""
        chat = CHATS[step.chat]
        row = self._ask("conversation_of_chat", chat=chat).fetchone()
        if row is None:
            phone, lid = (chat, "") if chat.startswith("628") else ("", chat)
            known = find_contact(self._ask, Message("", chat, "", phone=phone, lid=lid))  # whose old chat is gone
            contact, conversation = uuid7(self.now) if known is None else known["id"], uuid7(self.now)
            if known is None:
                self._ask("contact_add", id=contact, phone=phone, lid=lid, name="", at=self.now)
            self._ask("conversation_add", id=conversation, chat=chat, contact=contact, at=self.now)
            self._ask("chat_add", chat=chat, conversation=conversation)
            return conversation
        return str(row["id"])

    def _message(
        self, conversation: str, sender: str, status: str, sent_at: int | None, who: str = "", id: str = ""
    ) -> str:
        id, self._number = id or uuid7(self.now), self._number + 1
        self._ask(
            "message_add",
            id=id,
            conversation=conversation,
            wa_message=f"W{self._number}",
            sender=sender,
            name="",
            type="text",
            content="?",
            status=status,
            sent_at=sent_at,
            at=self.now,
        )
        if who:
            self._ask("message_written_by", id=id, who=who)
        return id

    def _asks(self, step: Step, late: int = 0) -> None:
        conversation = self._conversation(step)
        row = self._ask("conversation_by_id", id=conversation).fetchone()
        answer = _ANSWERS[step.roll % len(_ANSWERS)]
        if row["status"] in ("resolved", "closed") and answer != "csat":
            self._ask("conversation_reopen", id=conversation, at=self.now)
        id = self._message(conversation, "customer", "received", self.now - late)
        self._ask("contact_heard", id=row["contact_id"], at=self.now, began=0)
        outcomes: dict[str, tuple[tuple[str | None, int], ...]] = {
            "rule": (("jam-buka", 1),),
            "two": (("sambutan", 1), ("jam-buka", 1)),
            "failed": (("ongkir", 0),),
        }
        for rule, success in () if answer == "nothing" else outcomes.get(answer, ((None, 1),)):
            self._ask(
                "log_add",
                id=uuid7(self.now),
                conversation=conversation,
                message=id,
                rule=rule,
                said="?",
                reason="answered" if rule else answer,
                reply=None,
                matched="",
                micros=step.roll % 90,
                success=success,
                error="",
                trace="[]",
                at=self.now,
                in_hours=(0, 1, None)[step.roll % 3],
            )

    def _overtakes(self, step: Step) -> None:
        """A message that lay somewhere, and comes after others that were written later."""
        self._asks(step, late=step.roll * 7_919)

    def _answers(self, step: Step) -> None:
        by_person = step.roll % 3 == 0
        sender = "system" if step.roll % 29 == 1 else "cs" if by_person else "auto_reply"
        who = PEOPLE[step.roll % len(PEOPLE)] if by_person else ""
        status = ("queued", "sent", "delivered", "read")[step.roll % 4]
        sent = None if status == "queued" else self.now + step.roll
        self._message(self._conversation(step), sender, status, sent, who)

    def _at_a_time(self, step: Step) -> None:
        """What was promised a while ago falls due: a rule's follow-up, or now and then a person's reminder."""
        conversation, promised = self._conversation(step), self.now - step.roll * 60_000
        by_person, id = step.roll % 5 == 0, uuid7(promised)
        self._ask(
            "follow_up_add",
            id=id,
            conversation=conversation,
            chat=CHATS[step.chat],
            rule="" if by_person else "harga",
            text="?",
            due=self.now,
            at=promised,
            status="handed_over",
            reason="",
            closed=self.now,
            operator="",
            name="",
        )
        status = ("queued", "sent", "delivered", "read")[step.roll % 4]
        sent = None if status == "queued" else self.now + step.roll
        sender, who = ("cs", PEOPLE[2]) if by_person else ("auto_reply", "")
        self._message(conversation, sender, status, sent, who, id)

    def _receipt(self, step: Step) -> None:
        ours = self._rows("SELECT id FROM messages WHERE sender_type <> 'customer' AND is_imported = 0 ORDER BY id")
        if ours:
            status = _BECOMES[step.roll % len(_BECOMES)]
            times = {f"{name}_at": self.now if name == status else None for name in ("sent", "delivered", "read")}
            self._ask("message_status", id=ours[step.roll % len(ours)]["id"], status=status, error="", **times)

    def _becomes(self, step: Step) -> None:
        conversation = self._conversation(step)
        status = ("resolved", "resolved", "closed", "pending", "active", "spam")[step.roll % 6]
        operator = PEOPLE[step.roll % 3]
        self._connection.execute(
            "UPDATE conversations SET operator_id = (SELECT id FROM operators WHERE email = ?) WHERE id = ?",
            (operator, conversation),
        )
        if status == "resolved":
            self._ask("conversation_resolve", id=conversation, at=self.now)
        else:
            self._ask("conversation_becomes", id=conversation, status=status, at=self.now)

    def _deletes(self, step: Step) -> None:
        """What is kept for a time only goes, the log first; sometimes only that."""
        found = self._rows("SELECT id FROM messages ORDER BY id")
        if found:
            id = found[step.roll % len(found)]["id"]
            self._connection.execute("DELETE FROM auto_reply_logs WHERE message_id = ?", (id,))
            if step.roll % 4:
                self._connection.execute("DELETE FROM messages WHERE id = ?", (id,))

    def _merges(self, step: Step) -> None:
        """Two contacts turn out to be one customer."""
        phone = CHATS[step.roll % 2]
        find_contact(self._ask, Message(f"M{self.now}", CHATS[2], "?", phone=phone, lid=CHATS[2]))

    def _imports(self, step: Step) -> None:
        conversation, at = self._conversation(step), START - 86_400_000 - step.roll * 1_000
        self._number += 1
        self._ask(
            "import_message",
            id=uuid7(at),
            conversation=conversation,
            wa_message=f"W{self._number}",
            sender="customer",
            name="",
            type="text",
            content="?",
            status="received",
            at=at,
        )
        contact = self._ask("contact_of_conversation", id=conversation).fetchone()["contact_id"]
        self._ask("imported_count_contact", id=contact, received=1, sent=0, first=at, last=at)

    def _survey(self, step: Step) -> None:
        conversation, id = self._conversation(step), uuid7(self.now)
        operators = self._rows("SELECT id FROM operators ORDER BY email")
        operator = operators[step.roll % len(operators)]["id"] if operators else ""
        self._ask("survey_add", id=id, conversation=conversation, operator=operator, at=self.now)
        if step.roll % 3:
            self._ask("survey_answer", id=id, score=1 + step.roll % 5, at=self.now + step.roll, message="")

    def _presence(self, step: Step) -> None:
        status = ("online", "busy", "away", "offline")[step.roll % 4]
        nothing = dict.fromkeys(("name", "role", "capacity", "hours", "teams"))
        self._ask("operator_set", email=PEOPLE[step.chat % 2], status=status, at=self.now, **nothing)

    def _retires(self, step: Step) -> None:
        if step.roll % 5 == 0:
            self._ask("operator_leaves", email=PEOPLE[1], at=self.now)
            self._ask("operator_remove", email=PEOPLE[1])
