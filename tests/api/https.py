"""A real HTTPS server on this machine that answers as it is told, and the certificates by which clients know it."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_BEGAN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_ENDS = datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC)


class Site:
    """Answers every request with `answer`, byte for byte, then closes, or with `hang` never does. `asked` are the
    requests' heads, and `tls` trusts this site alone, as `host`."""

    def __init__(self, folder: Path, host: str) -> None:
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        self.hang = False
        self.connections = 0
        self.asked: list[str] = []
        self.port = 0
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), _BEGAN, _ENDS)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self._pem = folder / f"{host}.pem"
        self._pem.write_bytes(
            pem
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.tls = ssl.create_default_context(cadata=pem.decode())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(self.answer)
            await writer.drain()
            if self.hang:
                await reader.read()
            writer.close()

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._pem)
        return context


@asynccontextmanager
async def site(folder: Path, host: str = "cdn.example", *, plain: bool = False) -> AsyncIterator[Site]:
    made = Site(folder, host)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=None if plain else made.context())
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
