"""When a login has read what came meanwhile: a table of what the library may tell, in every order."""

import pytest

from wabot.channel.neonize.catching_up import LONGEST, QUIET, CatchingUp

WORDS = {
    "nothing yet": ("", False),
    "a login alone": ("login", False),
    "the word alone": ("told", False),
    "a login and its word": ("login told", True),
    "in the other order": ("told login", True),
    "messages between": ("login heard told", True),
    "a word of before the cut": ("told cut login", False),
    "a login of before the cut": ("login cut told", False),
    "cut while reading, and read again": ("login cut login told", True),
    "cut when all was read": ("login told cut", False),
    "logged in anew": ("login told cut login", False),
    "logged in anew, and read": ("login told cut login told", True),
    "logged in anew, and read, in the other order": ("login told cut told login", True),
    "a login without a cut": ("login told login", False),
    "a login without a cut, and read": ("login told login told", True),
    "a login without a cut, in the other order": ("login told told login", True),
    "cut twice": ("login told cut cut told login", True),
}


def after(words: str) -> CatchingUp:
    found = CatchingUp()
    steps = {
        "login": lambda: found.logged_in(0.0),
        "told": found.told,
        "heard": lambda: found.heard(0.0),
        "cut": found.cut,
    }
    for word in words.split():
        steps[word]()
    return found


@pytest.mark.parametrize("name", WORDS)
def test_all_is_read_once_a_login_and_its_own_word_have_come(name: str) -> None:
    words, through = WORDS[name]
    found = after(words)
    assert found.through == through
    assert (found.until is not None) == (not through and "login" in words.rpartition("cut")[2])


def test_each_message_is_waited_behind_and_a_login_of_before_is_not() -> None:
    found = after("login")
    assert found.until == QUIET
    found.heard(10.0)
    assert found.until == 10.0 + QUIET
    found.cut()
    found.heard(20.0)
    assert found.until is None
    found.logged_in(30.0)
    assert found.until == 30.0 + QUIET
    found.told()
    found.heard(40.0)
    assert found.until is None


def test_customers_who_never_pause_are_not_waited_for_without_an_end() -> None:
    found = after("login")
    for second in range(0, 2 * int(LONGEST), 10):
        found.heard(float(second))
    assert found.until == LONGEST
