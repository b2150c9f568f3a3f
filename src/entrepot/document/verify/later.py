"""What in and beside a document shows that the log of its issuer goes on after the end of the copy at hand."""

from collections.abc import Iterator

from entrepot.base.moment import parse_moment
from entrepot.base.said import UNSAID, Said, foreign
from entrepot.document.proof.opened import Proof
from entrepot.document.verify.case import Case
from entrepot.party.did import did_of
from entrepot.party.reach import beyond
from entrepot.party.tenure import Keeper


def later_shown(case: Case, keeper: Keeper) -> Said:
    """That something names a version, or a key, that the log of ``keeper`` does not know yet; empty where nothing does.

    Looked at are the proofs of the document, and the status lists that were given. What they say is not proved, for
    their keys are unknown; it takes an answer away and gives none.
    """
    for proof in case.secured.proofs:
        if did_of(proof.method) == keeper.did and (named := beyond(keeper, proof.method)):
            return named
    return next(_by_later_keys(case, keeper), UNSAID)


def _by_later_keys(case: Case, keeper: Keeper) -> Iterator[Said]:
    """The lists that the owner of the log made after its end, under keys that it does not know."""
    assert keeper.history is not None
    ends = keeper.history.versions[-1].time
    for listed in case.given.lists.opened if case.given.lists is not None else ():
        try:
            made = parse_moment(listed.vc["validFrom"])
        except (KeyError, ValueError, TypeError):
            continue
        if listed.issuer == keeper.did and made > ends and any(_is_foreign(keeper, each) for each in listed.proofs):
            yield foreign(
                f"A status list of {listed.vc['validFrom']} is signed under a key that the log does not know."
            )


def _is_foreign(keeper: Keeper, proof: Proof) -> bool:
    return did_of(proof.method) == keeper.did and not keeper.keys(proof.method)
