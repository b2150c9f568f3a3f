"""For tests of evidence: an exporter with a real did:webvh history, a real log, a real stamping authority."""

import hashlib
import itertools
import secrets
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from entrepot.base.cosignature import TYPE, cosignature_payload, read_cosignature
from entrepot.base.record import Content, record_of
from entrepot.document.proof import secure
from entrepot.flow.nodemail import sign_as
from entrepot.journal import Setup, open_journal
from entrepot.journal.port import Append, Proof
from entrepot.party.did import did_key, key_method_id
from entrepot.party.folder import NewParty, PartyFolder
from entrepot.party.jws import sign_jws
from entrepot.party.key import Curve, KeyPair
from entrepot.party.keystore import Custody, KeyLock
from entrepot.party.party import Party
from entrepot.party.resolve import DidResolver
from entrepot.party.upkeep import NewHistory, Upkeep
from entrepot.party.webvh import given_log

START = datetime(2026, 1, 1, tzinfo=UTC)
KEK = KeyLock(b"\x01" * 32)
SELLER = NewParty(party=Party(name="Kedai Durian", economy="MY"), domain="kedai.example", path=("trade",))


def day(number):
    return START + timedelta(days=number)


def pair(name, curve=Curve.ED25519):
    return KeyPair(curve, hashlib.sha256(name.encode()).digest())


class Exporter:
    """A party with a did:webvh, made on day 0, that keeps every key it ever had, as a thief would."""

    def __init__(self, path, domain=SELLER.domain):
        counter = itertools.count(1)
        self.folder = PartyFolder(path)
        self.upkeep = Upkeep(self.folder, lock=KEK, entropy=lambda size: next(counter).to_bytes(size, "big"))
        self.kept = self.upkeep.create(replace(SELLER, domain=domain), NewHistory(), now=START)
        self.stolen = []
        self._remember()

    @property
    def did(self):
        return self.kept.party.did

    @property
    def log(self):
        return self.folder.log(self.kept.id)

    def _remember(self):
        key = self.folder.keys(Custody.HELD).load(self.kept.id, KEK)
        self.stolen.append((key, self.kept.method_id))

    def rotate(self, number):
        self.kept = self.upkeep.rotate(self.kept, now=day(number))
        self._remember()

    def record(self, **changes):
        fields = {"kind": "invoice", "version": 1, "issuer": self.did, "number": "INV-1", "nonce": "n" * 22}
        return record_of(Content(**fields | {"issued": day(1), "payload": {"total": "12.30"}} | changes))

    def signed(self, key_number=-1, securing="eddsa-jcs-2022", created=1, record=None):
        key, method = self.stolen[key_number]
        return secure(record or self.record(), key, method_id=method, securing=securing, created=day(created))

    def resolver(self, *marks, now=100):
        return DidResolver(logs=[given_log(self.log)], marks=marks, clock=lambda: day(now))


class Log:
    """A node's log, in a database of its own, with a clock that moves when told."""

    def __init__(self, path, name="log"):
        self.key, self.number = pair(name), 0
        self.did = did_key(self.key.public)
        identity = SimpleNamespace(did=self.did, method=key_method_id(self.key.public), key=self.key)
        setup = Setup(
            reducers=(),
            clock=lambda: day(self.number),
            entropy=secrets.token_bytes,
            sign=lambda payload: sign_as(identity, payload),
            log_id=self.did,
        )
        self.journal = open_journal(path / name, setup)

    def take(self, record, number):
        """The receipt of ``record``, which comes in and is sealed on that day."""
        self.number = number
        proofs = (Proof(securing="vc+jwt", body=b"proof", method="k#1"),)
        self.journal.append(Append(record=record, streams={"sale:1": -1}, proofs=proofs))
        self.journal.seal()
        return self.journal.receipt(record.id).to_json()


class Witness:
    """A node that cosigns heads of logs; ``says`` makes it say anything about any head."""

    def __init__(self, name="cosigner"):
        self.key = pair(name)
        self.did = did_key(self.key.public)

    def says(self, head, number, *, witness="", key=None, kid="", typ=TYPE, **changes):
        payload = cosignature_payload(replace(head, **changes), witness=witness or self.did, seen=day(number))
        header = {"kid": kid or key_method_id(self.key.public), "typ": typ}
        return sign_jws(header, payload, key or self.key)

    def sees(self, log, number, head=None):
        """It sees the newest head of a log (or ``head``) on that day, and the log keeps its word."""
        text = self.says(head or log.journal.head(), number)
        assert log.journal.keep_cosignature(read_cosignature(text))
        return text


CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = x
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[stamping]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[web]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
[tsa_config]
serial = {folder}/serial
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


class Authority:
    """A stamping authority made of ``openssl ts``: a root, a signer below it, and a certificate for web servers."""

    def __init__(self, folder, *, key=("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ess="sha256"):
        self.folder, self._key = folder, key
        folder.mkdir(parents=True)
        (folder / "serial").write_text("01\n")
        (folder / "cnf").write_text(CONFIGURATION.format(folder=folder, digest="sha256", ess=ess))
        self.run("req", "-x509", *key, "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
                 "-subj", "/CN=Root of Time", "-config", "cnf", "-extensions", "ca")  # fmt: skip
        for name in ("stamping", "web"):
            self.run("req", *key, "-nodes", "-keyout", f"{name}.key", "-out", "csr", "-subj", f"/CN={name}",
                     "-config", "cnf")  # fmt: skip
            self.run("x509", "-req", "-in", "csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                     "365", "-extfile", "cnf", "-extensions", name, "-out", f"{name}.pem")  # fmt: skip

    def run(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stamp(self, data, *more, digest="-sha256", bare=False):
        """A token over ``data``, of now, as a response; ``bare`` without the response around it."""
        (self.folder / "seen").write_bytes(data)
        self.run("ts", "-query", "-data", "seen", digest, "-out", "tsq", "-config", "cnf", *more)
        words = ("-signer", "stamping.pem", "-inkey", "stamping.key", "-chain", "ca.pem", "-config", "cnf")
        self.run("ts", "-reply", "-queryfile", "tsq", *words, "-section", "tsa_config", "-out", "tsr")
        if bare:
            self.run("ts", "-reply", "-in", "tsr", "-token_out", "-out", "token")
        return (self.folder / ("token" if bare else "tsr")).read_bytes()

    def accepts(self, token, data, *, bare=False):
        """Whether ``openssl ts -verify`` takes it."""
        (self.folder / "judged").write_bytes(token)
        (self.folder / "seen").write_bytes(data)
        words = ["openssl", "ts", "-verify", "-data", "seen", "-in", "judged", "-CAfile", "ca.pem"]
        more = ["-token_in"] if bare else []
        done = subprocess.run([*words, *more], cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode == 0 and "OK" in done.stdout

    def certificate(self, name="ca"):
        return (self.folder / f"{name}.pem").read_bytes()
