"""Who writes to which shop in `make demo-whatsapp`, and what they must hear, at any hour of any day."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    hears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    caption: str
    hears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner answers on the phone: from then on the bot is silent in this chat."""

    text: str
    hears: tuple[str, ...] = ()


Step = Say | Picture | Owner


@dataclass(frozen=True, slots=True)
class Scene:
    """One customer. `addressing`: how WhatsApp names them to the shop; `wrote`: what they wrote to it twelve days ago,
    which the phone remembers and hands over."""

    shop: str
    customer: str
    steps: tuple[Step, ...]
    addressing: Literal["lid", "pn"] = "lid"
    wrote: str = ""


SHOPS = {"warung-sari": "6281100000001", "toko-melati": "6281100000002", "servis-jaya": "6281100000003"}
SCENES = (
    Scene(
        "warung-sari",
        "Budi",
        (
            Say("jam buka?", ("selamat datang di Warung Sari", "Jam buka hari ini")),
            Say("minta menu kak", ("Nasi rames",)),
            Say("pesan nasi rames 2, Jl. Cikutra 5", ("2 porsi kami catat",)),
            Picture("ini bukti transfernya", ("bukti pembayarannya kami cek",)),
        ),
    ),
    Scene(
        "warung-sari",
        "Siti",
        (
            Say("ongkir ke Dago berapa?", ("selamat datang", "Dago: Rp12.000")),
            Owner("Untuk pesanan 5 porsi ke Dago saya gratiskan ya kak."),
            Say("wah mau, makasih kak. alamat di mana?"),
        ),
        "pn",
    ),
    Scene(
        "warung-sari",
        "Ani",
        (Say("menu hari ini apa kak?", ("Nasi rames",)),),
        wrote="makasih kak, enak nasinya",
    ),
    Scene(
        "toko-melati",
        "Wati",
        (Say("halo kak", ("Halo kak Wati, ada yang bisa kami bantu",)),),
        wrote="sudah sampai ya kak",
    ),
    Scene(
        "servis-jaya",
        "Joko",
        (Say("saya kecewa, AC rusak lagi", ("Mohon maaf atas kendalanya",)),),
        wrote="oke, ditunggu teknisinya",
    ),
    Scene(
        "toko-melati",
        "Rina",
        (
            Say("MLT-021 warna hitam ready?", ("selamat datang di Toko Melati", "MLT-021 kami cek stoknya")),
            Say("ukurannya apa aja?", ("Panduan ukuran",)),
            Say("ada promo?", ("beli 2 gratis ongkir",)),
        ),
    ),
    Scene(
        "servis-jaya",
        "Tono",
        (
            Say("biaya cuci AC berapa?", ("selamat datang di Servis Jaya", "Perkiraan biaya servis")),
            Say("AC saya bau gosong!", ("matikan MCB sekarang",)),
        ),
        "pn",
    ),
    Scene(
        "servis-jaya",
        "Dewi",
        (Say("garansi SJ-10234, bocor lagi", ("selamat datang di Servis Jaya", "SJ-10234 kami cek")),),
    ),
)
