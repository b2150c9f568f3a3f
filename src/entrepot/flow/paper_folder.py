"""Credentials, consents and acceptances of a party in files: ``licence/<party id>/``, ``consent/<party id>/`` and
``acceptance/<party id>/``."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from entrepot.base.shape import dump
from entrepot.flow.corporate import Acceptance, Consent
from entrepot.party.keystore import write_durably


class PaperFolder:
    """What is kept for one party."""

    def __init__(self, data: Path, party_id: str) -> None:
        self._licences, self._consents = data / "licence" / party_id, data / "consent" / party_id
        self._acceptances = data / "acceptance" / party_id

    def keep(self, paper_id: str, data: bytes) -> None:
        """Keep a credential; the same again changes nothing."""
        write_durably(self._licences / f"{paper_id}.vc", data)

    def all(self) -> Mapping[str, bytes]:
        """All credentials by id."""
        return {each.stem: each.read_bytes() for each in sorted(self._licences.glob("*.vc"))}

    def keep_consent(self, consent: Consent) -> None:
        """Keep a consent beside the older ones."""
        _keep(self._consents, dump(consent))

    def keep_acceptance(self, acceptance: Acceptance) -> None:
        """Keep an acceptance beside the older ones."""
        _keep(self._acceptances, dump(acceptance))


def _keep(folder: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    write_durably(folder / f"{sha256(text).hexdigest()[:32]}.json", text)
