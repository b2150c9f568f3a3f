"""The identifier: taken apart with suspicion, and turned into the addresses of its files.

did:webvh 1.0, "Method-Specific Identifier" and "The DID to HTTPS Transformation". International names are taken in
their ASCII form (``xn--``) alone, since a DID is ASCII (DID 1.0, 3.1).
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from entrepot.party._webvh10.fault import Refused
from entrepot.party.did import is_address

PREFIX = "did:webvh:"
LENGTH_MAX = 500
_SCID = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+|localhost", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebvhDid:
    """A did:webvh. ``location``: what follows the SCID, as written; ``host``: lower case; ``path``: percent-encoded."""

    text: str
    scid: str
    location: str
    host: str
    port: int | None
    path: tuple[str, ...]

    @property
    def base_url(self) -> str:
        """Where relative files lie (``#files``), without a slash at its end."""
        return "/".join((f"https://{self.host}{'' if self.port is None else f':{self.port}'}", *self.path))

    @property
    def log_url(self) -> str:
        """Where the log is published."""
        return self._file("did.jsonl")

    @property
    def witness_url(self) -> str:
        """Where the proofs of witnesses are published."""
        return self._file("did-witness.json")

    @property
    def web(self) -> str:
        """The did:web at the same place."""
        return "did:web:" + self.location

    def _file(self, name: str) -> str:
        return f"{self.base_url}/{'' if self.path else '.well-known/'}{name}"


def parse_webvh(did: str) -> WebvhDid:
    """``did`` taken apart. Raises :class:`Refused` for whatever could lead elsewhere than it seems to."""
    if not did.startswith(PREFIX) or len(did) > LENGTH_MAX or not did.isascii():
        raise Refused("webvh-did-form", what=did[:80])
    if re.search(r"[#?/\\]", did):
        raise Refused("webvh-fragment", what=did)
    scid, _, location = did.removeprefix(PREFIX).partition(":")
    if not _SCID.fullmatch(scid) or not location:
        raise Refused("webvh-did-form", what=did)
    domain, *path = location.split(":")
    host, port = _host(domain, did)
    for segment in path:
        _check_segment(segment)
    return WebvhDid(did, scid, location, host, port, tuple(path))


def _host(domain: str, did: str) -> tuple[str, int | None]:
    decoded = _decoded(domain)
    if re.search(r"[#?/\\]", decoded):
        raise Refused("webvh-fragment", what=did)
    name, mark, port = decoded.partition(":")
    if is_address(name.lower()) or is_address(decoded) or re.search(r"[\[\]]", decoded) or ":" in port:
        raise Refused("webvh-host-address", what=did)
    plain, encoded_mark, encoded_port = domain.replace("%3a", "%3A").partition("%3A")
    if (plain, bool(encoded_mark), encoded_port) != (name, bool(mark), port) or not _HOST.fullmatch(plain.lower()):
        raise Refused("webvh-host-form", what=did)
    if mark and not (_PORT.fullmatch(port) and int(port) < 65536):
        raise Refused("webvh-port", what=did)
    return plain.lower(), int(port) if mark else None


def _check_segment(segment: str) -> None:
    decoded = _decoded(segment)
    if not _SEGMENT.fullmatch(segment) or decoded in (".", "..") or re.search(r"[/\\\x00-\x20\x7f]", decoded):
        raise Refused("webvh-path", what=segment)


def _decoded(text: str) -> str:
    """``text`` without its percent-encoding, however often it was applied."""
    for _ in range(LENGTH_MAX):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text
