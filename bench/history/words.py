"""What customers of a small food shop are called, and what they write: each question in the words of many people."""

import random
from collections.abc import Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

FIRST: Final = (
    "Budi Ani Siti Agus Dewi Rina Joko Tono Sari Wati Eko Putri Rizky Ayu Bayu Citra Dian Fajar Gita Hendra Indah "
    "Kartika Lina Maya Nanda Okta Puji Ratna Surya Tika Umi Vina Wahyu Yanti Yusuf Zahra Asep Cecep Dadang Euis "
    "Neneng Ujang"
).split()
FAMILY: Final = (
    "Santoso Wijaya Lestari Pratama Hidayat Saputra Utami Nugroho Kusuma Halim Siregar Nasution Permana Gunawan "
    "Setiawan Rahayu Maulana Suryani Firmansyah Kurniawan"
).split()
TITLES: Final = ("", "", "", "", "", "", "", "Pak ", "Bu ", "Teh ", "Kang ")
TAGS: Final = ("langganan", "kantor", "kos", "reseller", "komplain", "arisan")

KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "jam-buka": (
        "jam buka?",
        "buka jam berapa kak? jam buka nya",
        "kak masih buka ga",
        "hari ini tutup jam berapa ya",
        "masih buka kak?",
        "jam tutupnya jam berapa? jam tutup",
    ),
    "daftar-menu": (
        "menu",
        "menu dong kak",
        "minta daftar harga dong",
        "lihat menu ya",
        "kak ada price list?",
        "menunya apa aja? minta menu",
        "Menu hari ini apa kak",
    ),
    "ongkir": (
        "ongkir ke dago brp kak",
        "ongkir antapani berapa ya",
        "bisa diantar kak?",
        "ongkos kirim ke cicadas?",
        "bisa antar ke cikutra ga kak",
        "ongkir brp",
    ),
    "cara-pesan": ("cara pesan gimana kak", "mau pesan kak", "mau order dong", "cara ordernya gimana? cara order"),
    "pembayaran": (
        "bisa qris?",
        "bayarnya gimana? bisa transfer",
        "bisa cod?",
        "ada cod ga kak",
        "cod bisa?",
        "minta no rekening kak",
    ),
    "lokasi": ("alamatnya di mana kak", "lokasi di mana ya", "minta maps dong", "share lokasi kak"),
}
ORDERS: Final = (
    "pesan nasi rames {count} ya",
    "pesan geprek {count} bungkus, jl cikutra 5",
    "mau pesan nasi goreng kampung {count} sama es teh",
    "pesan soto ayam {count} kak",
    "kak pesan ayam geprek {count}, es jeruk 2",
)
THANKS: Final = ("makasih kak", "oke makasih ya", "terima kasih", "mksh kak", "nuhun")
PLEASANT: Final = ("oke", "siap", "oke kak ditunggu", "👍", "iya kak", "sip")
PROOF: Final = ("ini bukti transfernya ya", "sudah bayar ya kak", "bukti qris kak")
UNKNOWN: Final[dict[str, tuple[str, ...]]] = {
    "katering": (
        "bisa catering ga kak?",
        "terima katering?",
        "kak bisa katering utk 50 orang",
        "catering bisa kak",
        "ada catering ga",
        "katering buat arisan bisa?",
    ),
    "nasi kotak": (
        "ada nasi kotak?",
        "nasi kotak 30 box berapa kak",
        "kak nasi kotak ada ga",
        "bisa nasi box kak?",
        "nasi kotak berapa ya",
    ),
    "gofood": (
        "ada di gofood ga?",
        "gofood nya apa kak",
        "di gofood ada kak?",
        "ada grabfood ga",
        "gofood buka ga kak",
    ),
    "reservasi": (
        "bisa reservasi meja kak?",
        "reservasi untuk 10 orang bisa?",
        "mau reservasi kak",
        "kak bisa booking meja ga",
    ),
    "promo": ("ada promo ga kak", "promo hari ini apa?", "ada diskon kak?", "promonya apa ya", "ada promo?"),
    "halal": ("halal kak?", "ini halal ga kak", "sudah halal belum kak"),
    "pedas": ("level pedasnya sampai berapa?", "pedasnya bisa diatur kak?", "level pedas berapa aja", "bisa ga pedas?"),
    "lowongan": ("ada lowongan kerja kak?", "lowongan kerja ada ga", "kak butuh karyawan?"),
    "parkir": ("parkirnya luas ga kak", "ada parkir mobil?", "parkir mobil ada kak?"),
    "frozen": ("ada yang frozen kak?", "bisa frozen food ga", "ayamnya bisa frozen kak"),
    "wifi": ("ada wifi kak?", "wifi nya ada ga"),
    "jastip": ("bisa jastip ke jakarta kak?", "kirim luar kota bisa?"),
}
UNKNOWN_WEIGHTS: Final = (14, 12, 10, 8, 8, 3, 5, 3, 3, 2, 1, 1)
COMPLAINTS: Final = (
    "kak pesanan saya belum sampai",
    "kok lama ya kak",
    "ini kurang es tehnya kak",
    "pesanan saya salah kak",
    "udah 1 jam belum datang",
    "kak tadi kurang satu nasinya",
)
MISSES: Final = ("yang mana ya", "hmm", "9", "yg paling enak apa", "no 7", "apa ya")
SPAM: Final = ("DEPOSIT 50RB BONUS 100% klik link di bio", "pinjaman cepat cair tanpa jaminan hub kami")
BY_PEOPLE: Final = (
    "Siap kak, ditunggu ya 🙏",
    "Maaf kak, kami cek dulu ya.",
    "Sudah jalan kak, sebentar lagi sampai.",
    "Bisa kak, mau berapa porsi?",
    "Untuk itu minimal 20 porsi ya kak, pesan sehari sebelumnya.",
    "Belum ada kak, maaf ya.",
    "Oke kak, dicatat.",
    "Totalnya 45 ribu kak, ongkirnya gratis.",
)
QUICK: Final = {
    "/salam": "Halo kak {name}, ada yang bisa dibantu?",
    "/bayar": "Bisa QRIS, transfer, atau tunai ke kurir ya kak.",
    "/antar": "Pesanannya sudah jalan ya kak {name}, mohon ditunggu.",
    "/habis": "Maaf kak, menu itu sudah habis hari ini. Mau diganti yang lain?",
    "/makasih": "Terima kasih sudah pesan di Warung Sari, kak {name}!",
}
LATER: Final = "Kak {name}, pesanannya sudah sampai? Kalau ada yang kurang kabari kami ya."
REMINDED: Final = "Kak {name}, jangan lupa pesanannya diambil sore ini ya."


def a_name(chance: random.Random) -> str:
    return (
        f"{chance.choice(TITLES)}{chance.choice(FIRST)}{' ' + chance.choice(FAMILY) if chance.random() < 0.6 else ''}"
    )


def typed(text: str, chance: random.Random) -> str:
    """The text as somebody types it in a hurry: letters fall out or change places, now and then."""
    roll = chance.random()
    if roll < 0.80 or len(text) < 6:
        return text
    if roll < 0.88:
        return text.capitalize() if roll < 0.84 else f"{text} 🙏"
    at = chance.randrange(1, len(text) - 2)
    if not text[at : at + 2].isalpha():
        return text
    return text[:at] + text[at + 1 :] if roll < 0.95 else text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def one_of(texts: Sequence[Item], chance: random.Random) -> Item:
    return texts[int(chance.random() * len(texts))]
