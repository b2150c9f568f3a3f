"""The contexts of TrustVC and TradeTrust documents, built from their terms in our own form (``trustvc.toml``).

They give terms names below ``example.com`` and no meaning; what they make signable, and told from other terms, is why
they are carried.
"""

from collections.abc import Mapping
from typing import Any

_DIGESTS = {
    "attachments-context": "aa177835cb6918b61be976eb7ac4892aed3e83dd8b6ad78763d0f4a7115b45cb",
    "bill-of-lading-carrier": "e8c4236af3a44293a5a8b29a72919ef941ee1256a382bc1b376457bd9e76835e",
    "bill-of-lading": "411f28e4d4d0cc4f03a11f31f83d650d5a675d9146c64a003da3cbb5082bb7d3",
    "coo": "486f0941a94083671e6e04afa549739ae440a55a8c765a9a873b5e3a30c1c210",
    "invoice": "805746907f096db377d422fb1895be4d5d085146d3fdd94519d00085c77a042e",
    "promissory-note": "b98383036c8356dd01e057e6246c5c34646b893bab07fd501b3970a57e5a3e88",
    "qrcode-context": "a31e6e70c38562af51d32a6321411a70b6fee58c3f27eed6f2df6a0163858791",
    "render-method-context-v2": "8cb1a8c832e969dd43f26029f29cdedb824391f88af7ab671fde400ebf32299f",
    "render-method-context": "9ebb807438327756ed201d02aafed613395d21cde47246906e43bae91090f88d",
    "transferable-records-context": "dee3ca197c010e0b879ee1a3514845433f17b5eb4d6900c0961dbc1e4ba895c4",
    "warehouse-receipt": "50fda9cfcb3eb869a4e6375e15737dd4b64fa917eb410f8d824edf8c12251548",
}
TRUSTVC_PINS: Mapping[str, str] = {f"https://trustvc.io/context/{name}.json": each for name, each in _DIGESTS.items()}
"""Context -> SHA-256 of the canonical JSON of the published text."""


def built(table: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The JSON-LD text of ``url`` that the table of all of them stands for."""
    found = table[url.rpartition("/")[2].removesuffix(".json")]
    flags = {"@protected": True, "@version": table["version"]}
    return {"@context": _context(found["context"], found["base"], flags)}


def _context(terms: Mapping[str, Any], base: str, flags: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: flags[name] for name in terms.get("@flags", "@protected").split()}
    made |= {name: _term(name, "", base) for name in terms.get("@plain", "").split()}
    for name, said in terms.items():
        if isinstance(said, Mapping):
            made[name] = {**_term(name, said["@is"], base), "@context": _context(said, base, flags)}
        elif not name.startswith("@"):
            made[name] = said[2:] if said.startswith("= ") else _term(name, said, base)
    return made


def _term(name: str, said: str, base: str) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": base + name}
    for word in said.split():
        if word.startswith("<"):
            made["@id"] = word.strip("<>")
        elif word.startswith("@in:"):
            made["@container"] = word.removeprefix("@in:")
        else:
            made["@type"] = word
    return made
