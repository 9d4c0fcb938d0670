"""A certificate authority that lives as long as one server, and its certificate for WhatsApp's names."""

import datetime as dt
import ssl
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NAMES: Final = ("web.whatsapp.com", "*.whatsapp.com", "*.whatsapp.net", "*.cdn.whatsapp.net")


def make(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Write `ca.pem`, which a client must trust, and return it with the server's side."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _named("The WhatsApp of wabot's tests")
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES])
    ca = _built(issuer, issuer, authority.public_key()).add_extension(constraints, critical=True)
    leaf = _built(issuer, _named(NAMES[0]), key.public_key()).add_extension(names, critical=False)
    trusted, own = folder / "ca.pem", folder / "server.pem"
    trusted.write_bytes(ca.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM))
    own.write_bytes(
        leaf.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return trusted, context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _built(issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
    )
