"""What customers of a shop ask that its rules do not know, as they write it: made up by chance, the same each time."""

import random

MATTERS = {
    "halal": ["halal kak?", "sudah halal belum", "sertifikat halal ada?", "ini halal ga"],
    "parkir": ["parkirnya luas ga", "kalau parkir mobil bisa?", "ada tempat parkir kak"],
    "reservasi": ["mau reservasi meja utk 10 orang", "reservasi tgl 12 bisa?", "reservasinya gmn kak"],
    "wifi": ["ada wifi kak", "password wifi apa ya", "wifinya kenceng ga"],
    "prasmanan": ["ada prasmanan?", "prasmanan utk 100 org brp", "paket prasmanannya apa aja"],
    "lowongan": ["ada lowongan kerja?", "lowongan kasir msh buka", "info lowongan dong min"],
    "kembalian": ["kembalian saya kurang", "kok kembaliannya salah", "kembalian td kurang 5rb"],
    "sambal": ["sambelnya dipisah ya", "sambal ijo ada?", "minta sambal lebih"],
    "pedas": ["pedasnya level brp", "bisa ga pedas?", "yg tdk pedas ada"],
    "يوم": ["يوم الجمعة", "كل يوم"],
    "no": ["no kak?"],
    "berapa": ["berapa kak?", "brp ya", "berapa"],
}
"""By the word that the messages share, or how they ask."""
SMALL_TALK = ["halo kak", "assalamualaikum", "makasih yaaa", "ok siap", "iya kak", "Pagi min!"]
WORDLESS = ["👍", "🙏🙏", "3", "081234567890", "https://maps.example/x?y=1", "?"]
_ENDS = ["", "", "", " kak", " ya", " min", "??", " kakkk", "\n🙏"]


def ask(number: int, seed: int = 1, *, words: dict[str, list[str]] | None = None) -> list[str]:
    """So many messages."""
    chance = random.Random(seed)
    matters = words or MATTERS
    return [chance.choice(matters[chance.choice(list(matters))]) + chance.choice(_ENDS) for _ in range(number)]
