"""What a decision sends, rule by rule, as whoever tries the rules out wants to see it."""

from wabot.engine import csat, effects
from wabot.engine.decide import Decision
from wabot.engine.render import render
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context
from wabot.model.csat import RATED, SURVEY
from wabot.model.errors import RenderError
from wabot.model.message import Message
from wabot.model.value import value


@value
class Reply:
    """What one rule answers: the text as the customer sees it ("" with `error`: why there is none), the name of the
    file that goes with it; delay in milliseconds."""

    rule: str
    text: str
    delay: tuple[int, int]
    error: str = ""
    media: str = ""


def replies(rule_set: RuleSet, decision: Decision, message: Message, context: Context) -> tuple[Reply, ...]:
    """The rendered answers of a decision, or the thanks for a rating."""
    made = []
    for answer in decision.answers:
        delay = effects.delay(rule_set, answer.rule)
        try:
            said = render(rule_set, answer, message, context)
            media = "" if said.media is None else said.media.name
            made.append(Reply(answer.rule.id, said.text, delay, media=media))
        except RenderError as error:
            made.append(Reply(answer.rule.id, "", delay, str(error)))
    if decision.reason == RATED and (thanked := csat.thanks(rule_set, message, context)):
        least = rule_set.tenant.auto_reply.delay
        made.append(Reply(SURVEY, thanked, (least, least + effects.SPREAD)))
    return tuple(made)
