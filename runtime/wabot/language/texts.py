"""What wabot says by itself, in the tenant's language."""

from collections.abc import Mapping
from typing import Final

from wabot.language.template import Template

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "id": {
        "forwarded": "Sebentar ya kak, kami sambungkan ke tim kami.",
        "invalid": "Maaf kak, pilihannya tidak ada. Ketik salah satu: {options}.",
        "closed": "Baik kak. Kalau ada yang lain, tulis saja ya.",
        "nobody": "Maaf kak, saat ini belum ada tim kami yang bisa membalas. Pesan kakak sudah kami terima, dan kami "
        "balas begitu ada yang bertugas.",
        "csat": "Terima kasih kak, sudah menghubungi kami. Seberapa puas kakak dengan bantuan kami? Balas dengan satu "
        "angka, dari 1 (tidak puas) sampai 5 (sangat puas).",
        "csat_thanks": "Terima kasih atas penilaiannya kak!",
        "note": "Ada pelanggan yang perlu dibalas: {who}\nKarena: {why}\nPesannya: {said}",
    },
    "en": {
        "forwarded": "One moment please, we are calling a colleague.",
        "invalid": "Sorry, that is not one of the options. Please type one of: {options}.",
        "closed": "All right. Just write if there is anything else.",
        "nobody": "Sorry, nobody of our team can answer right now. We have your message, and will answer as soon as "
        "somebody is here.",
        "csat": "Thank you for writing to us. How happy are you with the help you got? Please reply with one number, "
        "from 1 (not at all) to 5 (very).",
        "csat_thanks": "Thank you for rating us!",
        "note": "A customer needs an answer: {who}\nBecause of: {why}\nThey wrote: {said}",
    },
}


def built_in(language: str, name: str, **values: str) -> Template:
    """A built-in text; `values` stand in for its placeholders."""
    return Template(TEXTS[language][name].format(**values))
