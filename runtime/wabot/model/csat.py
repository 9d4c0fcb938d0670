"""What a customer says of the help they got: a number from 1 to 5, in answer to one question."""

from typing import Final

SURVEY: Final = "(csat)"
"""Stands for the rule of that question, and of the thanks for its answer: no rule has such an id."""
RATED: Final = "csat"
"""Why a message was for no rule: it is an answer to that question."""
ANSWER_WITHIN: Final = 86_400_000
"""Milliseconds for an answer; and whoever has been silent for longer is not asked."""
