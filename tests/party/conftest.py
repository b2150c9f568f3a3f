"""A forge of did:webvh logs: entry by entry, right or wrong, so that each rule can be broken on its own."""

import json
from datetime import UTC, datetime

import pytest

from entrepot.party._webvh10.address import parse_webvh
from entrepot.party._webvh10.entry import PLACEHOLDER, entry_hash, key_hash, proved, scid_of
from entrepot.party._webvh10.history import read_history
from entrepot.party._webvh10.witness import approval
from entrepot.party.did import did_key
from entrepot.party.key import Curve, KeyPair

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Forge:
    """Makes entries as a controller would, with whatever is asked for; nothing is checked here."""

    now = NOW
    keys = tuple(KeyPair(Curve.ED25519, bytes([number]) * 32) for number in range(1, 9))
    multikeys = tuple(each.public.multikey for each in keys)
    hashes = tuple(map(key_hash, multikeys))
    dids = tuple(did_key(each.public) for each in keys)

    def first(self, signer=0, location="example.com", time="2026-01-01T00:00:00Z", state=(), **parameters):
        """The first entry; ``parameters`` and ``state`` add to, or (None) take from, what is needed."""
        stated = {"method": "did:webvh:1.0", "scid": PLACEHOLDER, "updateKeys": [self.multikeys[0]], **parameters}
        draft = {
            "versionId": PLACEHOLDER,
            "versionTime": time,
            "parameters": {name: value for name, value in stated.items() if value is not ...},
            "state": {"@context": ["https://www.w3.org/ns/did/v1"], "id": f"did:webvh:{PLACEHOLDER}:{location}"},
        }
        draft["state"] |= dict(state)
        scid = scid_of(draft, PLACEHOLDER)
        entry = json.loads(json.dumps(draft).replace(PLACEHOLDER, scid))
        return self.sealed(entry, scid, 1, signer)

    def next(self, entries, signer=0, time=None, state=(), **parameters):
        """``entries`` and one more after them."""
        number = len(entries) + 1
        entry = {
            "versionTime": time or f"2026-01-{number:02d}T00:00:00Z",
            "parameters": parameters,
            "state": {**entries[-1]["state"], **dict(state)},
        }
        return [*entries, self.sealed(entry, entries[-1]["versionId"], number, signer)]

    def sealed(self, entry, predecessor, number, signer, **options):
        """``entry`` with a versionId that follows ``predecessor``, and a proof by key number ``signer``."""
        bare = {name: value for name, value in entry.items() if name != "proof"}
        bare["versionId"] = f"{number}-{entry_hash({**bare, 'versionId': predecessor}, predecessor)}"
        return {**bare, "proof": [proved(bare, self.keys[signer], NOW) | options]}

    def witness(self, threshold, *numbers):
        """A witness parameter."""
        return {"threshold": threshold, "witnesses": [{"id": self.dids[each]} for each in numbers]}

    def approvals(self, *pairs):
        """A file of witness proofs from (versionId, numbers of witnesses)."""
        items = [{"versionId": v, "proof": [approval(v, self.keys[each], NOW) for each in who]} for v, who in pairs]
        return json.dumps(items).encode()

    def bytes(self, *entries):
        """The log."""
        return b"".join(json.dumps(each).encode() + b"\n" for each in entries)

    def history(self, entries, did=None, witness=None, now=NOW, **more):
        """What our reader makes of it."""
        data = entries if isinstance(entries, bytes) else self.bytes(*entries)
        asked = parse_webvh(did or entries[0]["state"]["id"])
        return read_history(data, asked, witness=lambda: witness, now=now, **more)


@pytest.fixture(scope="session")
def forge():
    return Forge()
