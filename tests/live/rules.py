"""What the shops here answer."""

from typing import Final

from tests.whatsapp import live

RULES: Final = (
    live.RULES
    + """\
  - id: nomor
    trigger: {type: pattern, regex: 'nomor (?P<n>\\d+)'}
    response: "Nomor {{ match.n }} siap kak."
  - id: pelan
    trigger: {type: keyword, keywords: [pelan]}
    delay: 2s
    response: Pelan tapi pasti kak.
"""
)
