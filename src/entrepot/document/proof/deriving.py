"""Showing a part: what a holder may leave out of a document with a base proof, or of an SD-JWT."""

from collections.abc import Sequence

from entrepot.base.canonical import canonical
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.opened import Secured
from entrepot.document.proof.sdjwt import present
from entrepot.document.proof.selective import derive, read_base
from entrepot.party.key import KeyPair


def derived(
    opened: Secured,
    reveal: Sequence[str],
    *,
    contexts: Contexts = CARRIED,
    binding: tuple[KeyPair, str, str, int] | None = None,
) -> bytes:
    """What the issuer made mandatory and ``reveal`` names (JSON Pointers), with its derived proof.

    ``binding``: of an SD-JWT, the holder's key, to whom it is shown, the verifier's word, and when (seconds).
    Raises :class:`~entrepot.base.error.UsageError` where nothing can be derived from it, and
    :class:`~entrepot.document.proof.rdf.NotRdfError`.
    """
    tokens = [each.sd for each in opened.proofs if each.sd is not None]
    if tokens:
        return present(tokens[0], reveal, binding=binding).encode()
    bases = [each.members for each in opened.proofs if read_base(each.members) is not None]
    return canonical(derive(opened.vc, bases[0] if bases else {}, reveal, contexts))
