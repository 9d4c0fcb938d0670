"""What a rule answers: one file a kind, and the one list of them."""

from typing import Final

from wabot.language.responses.template import TemplateFile
from wabot.language.responses.text import Text

Response = Text | TemplateFile

RESPONSES: Final = (Text, TemplateFile)
