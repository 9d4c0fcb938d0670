"""What each figure of the report counts, for whoever reads it; docs/analytics.md says the same with its SQL."""

from collections.abc import Mapping
from typing import Final

_ID: Final = (
    (
        "Percakapan",
        "Dimulai ketika pelanggan menulis untuk pertama kali, setelah lebih dari 24 jam sepi, atau setelah percakapan "
        "sebelumnya selesai. Dihitung pada hari dimulainya.",
    ),
    (
        "Selesai oleh bot saja",
        "Percakapan yang dijawab aturan, tanpa satu pun pesan dari orang, dan tidak pernah dialihkan ke orang; dari "
        "semua percakapan yang dimulai di periode ini. Target: lebih dari 60%.",
    ),
    (
        "Pesan sampai",
        "Dari pesan kita yang keluar atau gagal, yang sampai atau dibaca di HP pelanggan. Target: lebih dari 99%.",
    ),
    (
        "Pelanggan",
        "Satu chat adalah satu pelanggan, dan dihitung sekali walau menulis berkali-kali. Baru: pesan pertamanya ada "
        "di periode ini.",
    ),
    (
        "Lama menunggu",
        "Dari pesan pelanggan yang belum dijawab sampai balasan kita berikutnya. Jawaban pertama: untuk pertanyaan "
        "pertama sebuah percakapan. Di jam buka atau di luarnya menurut waktu pertanyaan datang.",
    ),
    ("Sampai selesai", "Dari pesan pertama percakapan sampai percakapan ditandai selesai."),
    (
        "Aturan",
        "Cukup: aturan menjawab, dan tidak ada orang yang menulis dalam 10 menit sesudahnya maupun pertanyaan "
        "lanjutan yang tidak dikenal. Tak dikenal: tidak ada aturan yang cocok.",
    ),
    (
        "Yang tidak dihitung",
        "Riwayat chat yang diambil dari HP. Pesan kita yang gagal hanya dihitung sebagai gagal. Angka tetap ada "
        "walaupun pesannya sudah dihapus.",
    ),
)
_EN: Final = (
    (
        "Conversation",
        "Begins when a customer writes for the first time, after more than 24 hours of silence, or after the one "
        "before was settled. It counts on the day on which it began.",
    ),
    (
        "Settled by the bot alone",
        "Conversations that rules answered, without any message of a person, and that were never handed over; of all "
        "that began in this period. Goal: more than 60%.",
    ),
    (
        "Messages delivered",
        "Of our messages that went out or failed, those that reached the customer’s phone or were read. Goal: more "
        "than 99%.",
    ),
    (
        "Customers",
        "One chat is one customer, who counts once however often they wrote. New: their first message lies in this "
        "period.",
    ),
    (
        "Waits",
        "From a customer’s unanswered message until our next one. First answer: to the first question of a "
        "conversation. In or outside working hours by when the question came.",
    ),
    ("Until settled", "From a conversation’s first message until it was marked as settled."),
    (
        "Rules",
        "Was enough: the rule answered, no person wrote within 10 minutes, and the next question was not an unknown "
        "one. Unknown: no rule matched.",
    ),
    (
        "What does not count",
        "History taken over from the phone. Our messages that failed count as failed only. Figures stay when the "
        "messages themselves are deleted.",
    ),
)
DEFINITIONS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {"id": _ID, "en": _EN}
"""By language: terms, and what they mean."""
