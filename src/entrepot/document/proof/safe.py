"""Whether every term of a document has a meaning, whatever the securing: the safe mode of JSON-LD.

The suites over statements refuse what would be left out of them (Data Integrity EdDSA Cryptosuites 1.0, 3.2.4).
Canonical JSON and tokens sign every member, also one that no context defines; a reader who goes by meaning would not
see it.
"""

from collections.abc import Mapping
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.meaningless import meaningless

_SOURCE = "W3C VCDM 2.0, 4.3 and 5.2; JSON-LD 1.1 API, safe mode"
UNDEFINED = Demand(
    "ENT-CORE-TERM-01",
    "It has no meaning: {reason} ({code}).",
    "Name a context that defines the term, or leave the member out.",
    _SOURCE,
)
UNREAD = Demand(
    "ENT-CORE-TERM-02",
    "Whether it has a meaning is not known: {reason} ({code}).",
    "Give the text of the context with --context.",
    _SOURCE,
    Severity.WARNING,
)


def unsafe(document: Mapping[str, Any], contexts: Contexts = CARRIED) -> tuple[Finding, ...]:
    """All that keeps ``document`` from being signed in safe mode: blocking where something in it means nothing, a
    warning where that cannot be told; nothing where all of it has a meaning, or it is no JSON-LD."""
    if "@context" not in document:
        return ()
    bare = {name: each for name, each in document.items() if name != "proof"}
    return tuple(
        (UNDEFINED if wrong.is_wrong else UNREAD).broken(path, reason=wrong.told, code=wrong.error_code)
        for path, wrong in meaningless(bare, contexts)
    )
