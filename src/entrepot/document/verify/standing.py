"""Status: has the issuer taken the document back?"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from entrepot.base.said import Said, said
from entrepot.document.verify.case import Case
from entrepot.document.verify.report import NOT_ASKED, Result, Verdict

Holds = Callable[[Case, bytes, datetime], tuple[bool, Said, Mapping[str, Any]]]
"""Whether a status list holds at a moment, why not, and the credential it is."""


def status(case: Case, holds: Holds) -> Result:
    """What the status lists that the document names say of it."""
    vc = case.secured.vc
    if "vct" in vc and "status" in vc and "credentialStatus" not in vc:
        return Result(Verdict.UNKNOWN, "status-unchecked", said("A token status list is not checked here."))
    if "credentialStatus" not in vc:
        return NOT_ASKED
    lists = case.given.lists
    if lists is None:
        reason = said("The document names a status that is not checked here.")
        return Result(Verdict.UNKNOWN, "status-unchecked", reason, "Give the list with --status-list.")
    stated, issuer = vc["credentialStatus"], case.secured.issuer
    standing = lists.standing(stated, issuer=issuer, at=case.at, judge=partial(holds, case))
    return Result(Verdict(standing.status), standing.code, standing.reason, standing.remedy)
