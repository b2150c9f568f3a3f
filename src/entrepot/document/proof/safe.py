"""Whether every term of a document has a meaning, whatever the securing: the safe mode of JSON-LD.

The suites over statements refuse what would be left out of them (Data Integrity EdDSA Cryptosuites 1.0, 3.2.4).
Canonical JSON and tokens sign every member, also one that no context defines; a reader who goes by meaning would not
see it.
"""

from collections.abc import Mapping
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand
from entrepot.document.proof.jsonld import quads_of
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.rdf import NotRdfError

_SOURCE = "W3C VCDM 2.0, 4.3 and 5.2; JSON-LD 1.1 API, safe mode"
UNDEFINED = Demand(
    "ENT-CORE-TERM-01",
    "Not all of it has a meaning: {reason} ({code}).",
    "Name a context that defines the term, or leave the member out.",
    _SOURCE,
)
UNREAD = Demand(
    "ENT-CORE-TERM-02",
    "Whether all of it has a meaning is not known: {reason} ({code}).",
    "Give the text of the context with --context.",
    _SOURCE,
    Severity.WARNING,
)


def unsafe(document: Mapping[str, Any], contexts: Contexts = CARRIED) -> Finding | None:
    """What keeps ``document`` from being signed in safe mode: blocking where something in it means nothing, a warning
    where that cannot be told; None where all of it has a meaning, or it is no JSON-LD."""
    if "@context" not in document:
        return None
    try:
        quads_of({name: each for name, each in document.items() if name != "proof"}, contexts)
    except NotRdfError as wrong:
        demand = UNDEFINED if wrong.is_wrong else UNREAD
        return demand.broken("$", reason=wrong.message, code=wrong.error_code)
    return None
