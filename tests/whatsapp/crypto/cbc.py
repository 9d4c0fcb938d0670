"""AES in CBC mode with PKCS#7 padding."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    pad, cipher = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(pad.update(plain) + pad.finalize()) + cipher.finalize()


def decrypt(key: bytes, iv: bytes, sealed: bytes) -> bytes:
    """Raises ValueError when the padding is wrong."""
    cipher, pad = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor(), PKCS7(128).unpadder()
    return pad.update(cipher.update(sealed) + cipher.finalize()) + pad.finalize()
