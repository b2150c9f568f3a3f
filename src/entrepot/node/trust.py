"""Whom a node relies on: lists of trust anchors, and time-stamping authorities.

The lists are files in ``DATA/anchors``, read when it starts.

``*.toml`` and ``*.json`` are the operator's own; ``*.jws`` are signed by one of the keys in ``signers`` (Multikey or
did:key, one a line). ``memory/editions.json`` holds the editions seen; an older one, and one that contradicts another
under its number, is named in the log and not relied on.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.party.anchor import AnchorList, Anchors, read_anchors
from entrepot.party.edition import FileMemory, admit, edition_of
from entrepot.party.error import KeyFormError
from entrepot.party.key import PublicKey

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

log = logging.getLogger("entrepot.node")
FOLDER = "anchors"
ENDINGS = (".toml", ".json", ".jws")


def anchors_in(data: Path) -> Anchors | None:
    """The lists in the folder of a node; None where it has none.

    Raises :class:`UsageError` for a file that is no list, and ``PartyError`` where the memory is damaged: a node that
    started without a list would trust differently than its operator thinks.
    """
    folder = data / FOLDER
    files = sorted(each for each in folder.glob("*") if each.suffix in ENDINGS) if folder.is_dir() else []
    if not files:
        return None
    memory, keys = FileMemory(folder / "memory" / "editions.json"), tuple(_signers(folder / "signers"))
    lists, refused = list[AnchorList](), list[Finding]()
    for file in files:
        listed, findings = read_anchors(file.read_bytes(), signers=keys)
        if listed is None:
            raise UsageError(f"{file}: {findings[0].text}", remedy=findings[0].to_json()["remedy"])
        findings = admit(listed, memory)
        if findings:
            log.warning("%s is not relied on: %s", file, findings[0].text)
            refused += findings
            edition = edition_of(listed)
            lists = [each for each in lists if edition_of(each).key != edition.key]
        else:
            lists.append(listed)
    return Anchors(tuple(lists), tuple(refused))


def authorities_in(file: Path | None) -> "tuple[Certificate, ...]":
    """The certificates of time-stamping authorities in a file. Raises :class:`UsageError` where it holds none."""
    if file is None:
        return ()
    from entrepot.document._rfc3161 import read_certificates

    try:
        return read_certificates(file.read_bytes())
    except OSError as wrong:
        raise UsageError(f"ENTREPOT_TSA: {file}: {wrong.strerror}") from wrong


def _signers(file: Path) -> Iterable[PublicKey]:
    for line in file.read_text("utf-8").split("\n") if file.is_file() else ():
        name = line.partition("#")[0].strip().removeprefix("did:key:")
        try:
            if name:
                yield PublicKey.from_multikey(name)
        except KeyFormError as wrong:
            raise UsageError(f"{file}: {name[:60]}: {wrong.message}", remedy="Write a Multikey or a did:key.") from None
