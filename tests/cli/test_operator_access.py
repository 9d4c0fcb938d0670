"""`wabot operator`: who has access by the API, as whoever runs the machine orders it."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Orders
from tests.session.people import DEDI, SARI
from tests.session.stage import BUDI
from wabot.store.sqlite import open_store
from wabot.store.sqlite.node import ordering, read_members
from wabot.store.sqlite.node.audit import entries
from wabot.store.sqlite.node.logins import log_in
from wabot.store.sqlite.node.members import accept, invitation, members

NOW = 1_769_569_200_000


def token_of(told: dict[str, Any]) -> str:
    return str(told["invitation"]["token"])


def let_in(data: Path, token: str) -> str:
    """The person accepts, chooses a password and logs in; returns the login."""
    with ordering(data) as ask:
        accepted = accept(ask, token, NOW, password="hash")
        assert accepted is not None
        return log_in(ask, accepted.account, accepted.tenant, "", NOW).id


def has_access(data: Path, login: str, tenant: str = "warung") -> bool:
    with ordering(data) as ask:
        account = {one.email: one.account for one in members(ask, tenant)}[SARI]
        return ask("access", login=login, account=account, tenant=tenant, now=NOW).fetchone() is not None


def test_whoever_is_added_gets_an_invitation_by_which_they_choose_a_password(order: Orders, data: Path) -> None:
    added = order.told("operator", "add", SARI, "--role", "admin", "--invite-url", "https://inbox.example/terima")
    assert added["account"] == "invited"
    invited = added["invitation"]
    assert invited["link"] == f"https://inbox.example/terima?token={invited['token']}"
    with ordering(data) as ask:
        found = invitation(ask, invited["token"], NOW)
    assert found is not None and (found.email, found.tenant, found.sets_password) == (SARI, "warung", True)
    let_in(data, invited["token"])
    assert read_members(data, "warung")[0].state == "active"
    assert "active" in order("operator").out
    assert (data / "node.db").stat().st_mode & 0o777 == 0o600


def test_without_an_address_of_the_front_end_the_path_is_told(
    order: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = order("operator", "add", SARI).out
    assert "/invite?token=" in said and "--invite-url names it" in said
    assert order("operator", "add", DEDI, "--invite-url", "inbox").code == 2
    monkeypatch.setenv("WABOT_INVITE_URL", "https://inbox.example/terima")
    assert "https://inbox.example/terima?token=" in order("operator", "add", DEDI).out


def test_one_person_works_for_several_tenants_with_one_password(order: Orders, data: Path) -> None:
    (data / "toko").mkdir()
    store = open_store(data / "toko", "toko")
    store.writer._connection.close()
    login = let_in(data, token_of(order.told("operator", "add", SARI, "--tenant", "warung")))
    there = order.told("operator", "add", SARI, "--role", "owner", "--tenant", "toko")
    assert (there["account"], there["invitation"], there["role"]) == ("active", None, "owner")
    assert has_access(data, login, "toko")
    order("operator", "disable", SARI, "--tenant", "toko")
    assert (has_access(data, login, "toko"), has_access(data, login, "warung")) == (False, True)


def test_whoever_is_disabled_is_out_at_once_and_their_chats_go_to_others(order: Orders, data: Path) -> None:
    login = let_in(data, token_of(order.told("operator", "add", SARI, "--status", "online")))
    order("say", BUDI, "Halo kak", "--as", SARI)
    assert order.told("conversations", BUDI)["operator"] == SARI
    disabled = order.told("operator", "disable", SARI)
    assert (disabled["account"], disabled["status"], disabled["open_chats"]) == ("disabled", "offline", 0)
    assert order.told("conversations", BUDI)["operator"] is None
    assert not has_access(data, login)
    listed = order.told("operator")["operators"]
    assert [(one["email"], one["account"]) for one in listed] == [(SARI, "disabled")]
    assert order("operator", "set", SARI, "--status", "online").code == 2
    enabled = order.told("operator", "enable", SARI)
    assert (enabled["account"], enabled["status"]) == ("active", "offline")
    assert has_access(data, login)


def test_a_reset_ends_every_login_and_makes_another_invitation(order: Orders, data: Path) -> None:
    login = let_in(data, token_of(order.told("operator", "add", SARI)))
    again = order.told("operator", "reset", SARI)
    assert again["account"] == "invited" and not has_access(data, login)
    second = let_in(data, token_of(again))
    assert has_access(data, second) and not has_access(data, login)
    order("operator", "disable", SARI)
    refused = order("operator", "reset", SARI)
    assert refused.code == 2 and "`wabot operator enable" not in refused.out and "is disabled" in refused.err


def test_an_operator_of_before_there_were_accounts_is_given_one(order: Orders, data: Path) -> None:
    order("operator", "add", SARI)
    (data / "node.db").unlink()
    listed = order.told("operator")["operators"]
    assert [one["account"] for one in listed] == [None]
    assert order("operator", "set", SARI, "--can", "delete_messages").code == 2
    assert order.told("operator", "set", SARI, "--max", "3")["account"] is None
    assert order.told("operator", "reset", SARI)["account"] == "invited"


def test_a_role_and_single_permissions_are_the_accounts_too(order: Orders, data: Path) -> None:
    order("operator", "add", SARI, "--can", "can_delete_messages")
    changed = order.told("operator", "set", SARI, "--cannot", "send_messages")
    assert changed["permissions"] == {"delete_messages": True, "send_messages": False}
    changed = order.told("operator", "set", SARI, "--role", "supervisor", "--can", "send_messages")
    assert changed["permissions"] == {}, "a supervisor may both"
    assert read_members(data, "warung")[0].role == "supervisor"
    wrong = order("operator", "set", SARI, "--can", "fly")
    assert wrong.code == 2 and "no permission `fly`" in wrong.err


def test_whoever_is_removed_has_no_access_and_no_account_left(order: Orders, data: Path) -> None:
    login = let_in(data, token_of(order.told("operator", "add", SARI)))
    assert order.told("operator", "remove", SARI)["removed"] == SARI
    with sqlite3.connect(data / "node.db") as node:
        counts = [node.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("accounts", "logins")]
    assert counts == [0, 0] and login
    added = order.told("operator", "add", SARI)
    assert added["account"] == "invited"


def test_whoever_has_access_and_is_no_operator_is_listed_and_can_be_removed(order: Orders, data: Path) -> None:
    order("operator", "add", SARI)
    with sqlite3.connect(data / "warung" / "wabot.db") as store:
        store.execute("DELETE FROM operators")
    assert f"{SARI} is no operator, and has access, too: operator, invited" in order("operator").out
    assert order.told("operator")["others_with_access"] == [
        {
            "tenant": "warung",
            "email": SARI,
            "role": "operator",
            "account": "invited",
            "invited_until": read_members(data, "warung")[0].invited_until,
            "permissions": {},
        }
    ]
    assert order("operator", "remove", SARI).code == 0
    assert read_members(data, "warung") == []


def test_each_order_is_noted_with_who_typed_it(order: Orders, data: Path) -> None:
    for what in ("add", "disable", "enable", "reset", "remove"):
        assert order("operator", what, SARI).code == 0
    with ordering(data) as ask:
        noted = entries(ask, "warung", 10)
    assert [one.action for one in reversed(noted)] == [
        "operator.create",
        "operator.disable",
        "operator.enable",
        "operator.reset",
        "operator.remove",
    ]
    assert {(one.kind, one.subject) for one in noted} == {("command", SARI)} and all(one.actor for one in noted)


def test_accounts_that_another_process_holds_are_told_and_nothing_is_half_done(
    order: Orders,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order("operator", "add", SARI)
    monkeypatch.setattr("wabot.store.sqlite.opening.BUSY", 50)
    node = sqlite3.connect(data / "node.db", isolation_level=None)
    node.execute("BEGIN IMMEDIATE")
    try:
        said = order("operator", "add", DEDI)
        assert said.code == 3 and "locked" in said.err
    finally:
        node.close()
    assert [one["email"] for one in order.told("operator")["operators"]] == [SARI]
    assert order("operator", "add", DEDI).code == 0
