"""Between bytes and stanzas: binary XML, the Noise handshake, frames, TLS, and the proxy that leads the client here."""
