"""What WhatsApp itself writes into an exported chat, in Indonesian and English: notices, files left out. Pure."""

import re
from typing import Final

_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
_FLAGS: Final = re.IGNORECASE | re.DOTALL
_NOTICES: Final = re.compile(
    r"(?:messages and calls are end-to-end encrypted|messages to this chat|pesan dan panggilan terenkripsi|"
    r"pesan dan panggilan dienkripsi|pesan yang (?:anda )?kirim ke (?:chat|obrolan) ini|your security code with|"
    r"kode keamanan (?:anda|kamu)|missed (?:voice|video|group)|panggilan (?:suara|video)(?: grup)? tak terjawab|"
    r"this business |bisnis ini |this chat is with |chat ini dengan |obrolan ini dengan |you blocked|you unblocked|"
    r"anda memblokir|anda membuka blokir|kamu memblokir|"
    r"disappearing messages|pesan sementara|tap to learn more|ketuk untuk (?:info|mempelajari)|"
    r"you (?:turned|updated|changed|started)|anda (?:mengaktifkan|menonaktifkan|memperbarui|mengubah)|"
    r"the business account |akun bisnis )",
    _FLAGS,
)
_CALLS: Final = re.compile(
    r"(?:(?:missed |silenced )?(?:voice|video) call|panggilan (?:suara|video)).{0,60}",
    _FLAGS,
)
_TAKEN_BACK: Final = re.compile(
    r"(?:you deleted this message|this message was deleted|pesan ini (?:telah )?dihapus|"
    r"(?:anda|kamu) (?:telah )?menghapus pesan ini|null)(?: by admin)?\.?",
    _FLAGS,
)
_GROUP: Final = re.compile(
    r"created (?:the )?group|created this group|membuat grup|changed the group|mengubah (?:subjek|nama|ikon|deskripsi)"
    r" grup|added you|menambahkan anda|joined using (?:this group|an invite|a group)|"
    r"bergabung (?:menggunakan|melalui|dengan)"
    r" tautan|now an admin|sekarang (?:menjadi )?admin|^.{1,60} (?:left|keluar)$|this group|grup ini",
    _FLAGS,
)
_OMITTED: Final = re.compile(
    r"<?(?:(media|image|gambar|foto|photo|video|audio|sticker|stiker|gif|document|dokumen|contact card|kartu kontak|"
    r"video note|catatan video|voice message|pesan suara)) (?:omitted|tidak (?:disertakan|termasuk)|dihilangkan)>?",
    _FLAGS,
)
_ATTACHED: Final = re.compile(
    r"(?:<(?:attached|terlampir|lampiran): (?P<inner>[^>\n]+)>|"
    r"(?P<outer>[^\n]+?\.\w{2,5}) \((?:file attached|file terlampir|berkas terlampir|dokumen terlampir)\))",
    _FLAGS,
)
_PLACE: Final = re.compile(r"(?:live )?(?:location|lokasi)(?: terkini)?: https?://\S+|live location shared|"
                           r"lokasi terkini dibagikan", _FLAGS)  # fmt: skip
_AT_THE_END: Final = re.compile(
    r"(?:^|\n|\s)\u200e(?=<(?:attached|terlampir|lampiran): [^>\n]+>$|[a-z ]+ (?:omitted|tidak disertakan)$)", _FLAGS
)
_EDITED: Final = re.compile(r"\s?[\u200e\u200f]?<(?:this message was edited|pesan ini (?:telah )?diedit)>$", _FLAGS)
_PAGES: Final = re.compile(r"^(?P<name>[^\n]+?) • [\u200e]?\d+ (?:pages?|halaman)\s+[\u200e]?document omitted", _FLAGS)
_KINDS: Final = {
    "image": "image", "gambar": "image", "foto": "image", "photo": "image", "media": "image", "video": "video",
    "gif": "video", "video note": "video", "catatan video": "video", "audio": "audio", "voice message": "audio",
    "pesan suara": "audio", "sticker": "sticker", "stiker": "sticker", "document": "document", "dokumen": "document",
    "contact card": "contact", "kartu kontak": "contact",
}  # fmt: skip
_ENDINGS: Final = {
    "jpg": "image", "jpeg": "image", "png": "image", "heic": "image", "gif": "video", "mp4": "video", "mov": "video",
    "3gp": "video", "webp": "sticker", "opus": "audio", "ogg": "audio", "mp3": "audio", "m4a": "audio", "aac": "audio",
    "amr": "audio", "vcf": "contact",
}  # fmt: skip


def without_mark(text: str) -> str:
    """The text without the marks of direction that WhatsApp puts before its own words."""
    return text.lstrip(_MARKS)


def is_notice(rest: str) -> bool:
    """Whether a line, without its date, is WhatsApp's own and names no sender."""
    return _NOTICES.match(without_mark(rest)) is not None


def is_about_a_group(notice: str) -> bool:
    """Whether a notice tells of a group."""
    return _GROUP.search(notice) is not None


def written(text: str) -> tuple[str, str, str]:
    """What somebody wrote: its kind, the type of the message, and its text or caption."""
    own, text = text[:1] in ("\u200e", "\u200f"), _EDITED.sub("", text)
    said = text.strip(_MARKS + " ")
    if own and (_NOTICES.match(said) or _CALLS.fullmatch(said)):
        return "notice", "text", said
    if _TAKEN_BACK.fullmatch(said):
        return "taken_back", "text", ""
    if _PLACE.fullmatch(said):
        return "message", "location", ""
    if (pages := _PAGES.match(said)) is not None:
        return "message", "document", _caption(said[pages.end() :])
    for found in (_OMITTED.match(said), _ATTACHED.match(said)):
        if found is not None and said[found.end() :][:1] in ("", "\n"):
            return "message", _type_of(found), _caption(said[found.end() :])
    # A caption of an iPhone's stands before what was left out.
    end = _AT_THE_END.search(text)
    if end is not None:
        tail = text[end.end() :]
        match = _OMITTED.fullmatch(tail) or _ATTACHED.fullmatch(tail)
        if match is not None:
            return "message", _type_of(match), _caption(text[: end.start()])
    return "message", "text", text.lstrip("\u200e\u200f\ufeff")


def _type_of(found: "re.Match[str]") -> str:
    named = found.groupdict()
    if named:
        name = named["inner"] or named["outer"]
        return _ENDINGS.get(name.rpartition(".")[2].lower(), "document")
    return _KINDS[found[1].lower()]


def _caption(text: str) -> str:
    return text.strip(_MARKS + " \n")
