"""Credentials and consents of a party in files: ``licence/<party id>/`` and ``consent/<party id>/``."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from entrepot.base.shape import dump
from entrepot.flow.corporate import Consent
from entrepot.party.keystore import write_durably


class PaperFolder:
    """What is kept for one party."""

    def __init__(self, data: Path, party_id: str) -> None:
        self._licences, self._consents = data / "licence" / party_id, data / "consent" / party_id

    def keep(self, paper_id: str, data: bytes) -> None:
        """Keep a credential; the same again changes nothing."""
        write_durably(self._licences / f"{paper_id}.vc", data)

    def all(self) -> Mapping[str, bytes]:
        """All credentials by id."""
        return {each.stem: each.read_bytes() for each in sorted(self._licences.glob("*.vc"))}

    def keep_consent(self, consent: Consent) -> None:
        """Keep a consent beside the older ones."""
        text = json.dumps(dump(consent), ensure_ascii=False, indent=1).encode() + b"\n"
        write_durably(self._consents / f"{sha256(text).hexdigest()[:32]}.json", text)
