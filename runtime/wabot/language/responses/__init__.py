"""What a rule answers: one file a kind, and the one list of them."""

from typing import Final

from wabot.language.responses.handoff import ForwardToCs, SmartRoute
from wabot.language.responses.media import Media
from wabot.language.responses.menu import Menu
from wabot.language.responses.nothing import Nothing
from wabot.language.responses.template import TemplateFile
from wabot.language.responses.text import Text

Response = Text | TemplateFile | Menu | ForwardToCs | SmartRoute | Media | Nothing

RESPONSES: Final = (Text, TemplateFile, Menu, ForwardToCs, SmartRoute, Media, Nothing)
