"""`wabot`: what becomes of the words on the command line, and of an error that no command caught."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from wabot.cli.exit_codes import CLEAN, FAILURE, INTERRUPTED, USAGE
from wabot.cli.output import complain
from wabot.cli.shortcut import take
from wabot.model.errors import UsageError, WabotError


def main() -> None:
    """The entry point of the `wabot` script."""
    try:
        words = sys.argv[1:]
        code = take(words)
        if code is not None:
            sys.exit(code)
        from wabot.cli.app import app

        app(words)(prog_name="wabot")
    except UsageError as error:
        complain(f"wabot: {error}")
        sys.exit(USAGE)
    except BrokenPipeError:
        # Whoever read our output has gone (`wabot validate | head`): nothing to tell, nobody to tell it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLEAN)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (WabotError, OSError) as error:
        complain(f"wabot: {error}")
        sys.exit(FAILURE)
    except UnicodeEncodeError as error:
        if not (strange := _not_unicode(sys.argv[1:])):
            _bug(error)
        complain(f"wabot: `{strange}` holds bytes that are not UTF-8; only a path may")
        sys.exit(USAGE)
    except Exception as error:
        _bug(error)


def _not_unicode(words: Sequence[str]) -> str:
    """The first word with bytes that no text can hold: Python has each as half a character."""
    return next((word[:60] for word in words if any("\ud800" <= letter <= "\udfff" for letter in word)), "")


def _bug(error: Exception) -> NoReturn:
    if os.environ.get("WABOT_DEBUG"):
        raise error
    complain(f"wabot: a bug in wabot: {type(error).__name__}: {error}")
    complain("       Set WABOT_DEBUG=1 to see where, and please report it.")
    sys.exit(FAILURE)
