"""What the exit codes of every command mean."""

from typing import Final

CLEAN: Final = 0
FINDINGS: Final = 1
"""The rules have errors or warnings, or an expectation was missed."""
USAGE: Final = 2
FAILURE: Final = 3
"""wabot itself could not do its work: no permission, a full disk, a bug."""
INTERRUPTED: Final = 130
