"""`wabot`: what becomes of the words on the command line, and of an error that no command caught."""

import os
import sys

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
    except Exception as error:
        if os.environ.get("WABOT_DEBUG"):
            raise
        complain(f"wabot: a bug in wabot: {type(error).__name__}: {error}")
        complain("       Set WABOT_DEBUG=1 to see where, and please report it.")
        sys.exit(FAILURE)
