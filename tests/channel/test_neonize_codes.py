"""WhatsApp hangs up with the last code, and says nothing: whether it was that or a cut, the time tells."""

from wabot.channel.neonize.codes import ALL, Codes


def test_the_first_code_lives_longest() -> None:
    codes = Codes()
    lives = [codes.show(0.0) for _ in range(6)]
    assert lives == [60.0, 20.0, 20.0, 20.0, 20.0, 20.0]
    assert sum(lives) == ALL


def test_a_connection_that_ends_with_its_last_code_was_not_cut() -> None:
    codes = Codes()
    assert codes.cut(0.0), "before any code has come"
    codes.show(1_000.0)
    assert codes.cut(1_054.0)
    assert not codes.cut(1_056.0)
    codes.show(1_060.0)
    assert codes.cut(1_061.0)
    assert not codes.cut(1_080.0)
