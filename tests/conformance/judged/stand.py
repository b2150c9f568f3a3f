"""A node for the suites: parties of three kinds of key, and TLS in front, because the suites speak https alone."""

import asyncio
import ipaddress
import json
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "node"))

from rig.outside import Node

from entrepot.cli.demo.nodes import _free_port

CURVES = {"ed25519": "Ed25519", "p256": "P-256", "p384": "P-384"}
EXAMPLES = {"https://www.w3.org/ns/credentials/examples/v2": {"@context": {
    "@vocab": "https://www.w3.org/ns/credentials/examples#"}}}  # fmt: skip
"""The context of examples, which the suites use and a node of a trade does not carry."""


class Stand:
    """A running node behind TLS; ``url`` is where the suites reach it, ``parties`` are DID and token by curve."""

    def __init__(self, folder: Path):
        self.port = _free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        folder.mkdir(parents=True)
        contexts = folder / "contexts.json"
        contexts.write_text(json.dumps(EXAMPLES), "utf-8")
        self.node = Node(
            folder / "node",
            ENTREPOT_URL=self.url,
            ENTREPOT_ALLOW_LOOPBACK_HTTP="1",
            ENTREPOT_RATE_PER_MINUTE="1000000",
            ENTREPOT_CONTEXTS=str(contexts),
        )
        self._tls = TlsFront(folder, self.port, self.node.port)
        self.parties = {}

    def start(self):
        self.node.start()
        for name, curve in CURVES.items():
            made = self.node.operator.post("/api/v1/operator/parties", {"name": name, "curve": curve, "method": "key"})
            did = made.json()["did"]
            body = {"party": did, "role": "clerk", "label": "suite"}
            token = self.node.operator.post("/api/v1/operator/tokens", body).json()["secret"]
            self.parties[name] = (did, token)
        self._tls.start()
        return self

    def stop(self):
        self._tls.stop()
        self.node.stop()


class TlsFront:
    """A proxy that ends TLS and passes bytes on, as one stands before every public node."""

    def __init__(self, folder: Path, port: int, behind: int):
        self._port, self._behind = port, behind
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(_certificate(folder / "loopback.pem"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", self._port, ssl=self._context)
        asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._behind)
        await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer), return_exceptions=True)


async def _pass(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


def _certificate(path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
