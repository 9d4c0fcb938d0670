"""What is asked for every message, and for every one that is imported, is found by an index, however much is stored."""

import re
from pathlib import Path

import pytest

from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import queries

ASKED = (
    *("contact_by_lid", "contact_by_phone", "contact_of_chat", "conversation_of_chat", "conversation_of_contact"),
    *("contact_heard", "message_seen", "message_about", "message_enrich", "revoke_logs", "message_quoted"),
    *("imported_live", "imported_name", "imported_count", "imported_count_contact", "imported_doubled"),
    *("files_wanted", "file_known", "file_stored", "message_of_receipt", "message_named"),
)
GROW = ("contacts", "conversations", "messages", "inbound_journal", "auto_reply_logs", "outbox", "conversation_chats")


@pytest.mark.parametrize("name", ASKED)
def test_no_table_that_grows_is_read_from_end_to_end(tmp_path: Path, name: str) -> None:
    db = open_file(tmp_path)
    statement = queries()[name]
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    db.close()
    assert plan
    assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in GROW]
    assert not [step for step in plan if "(tenant_id=?)" in step]  # a tenant's whole table is no better
