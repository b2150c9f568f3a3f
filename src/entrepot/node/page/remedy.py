"""Why an answer of a verification is not good, and what helps, in plain words of the reader's language.

The exact reason, with its values, stays beside it.
"""

from django.utils.translation import gettext

from entrepot.document.verify import Verdict
from entrepot.document.verify.report import Result
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.saying import spoken

REASONS = {
    "no-proof": gettext_noop("Nobody signed it."),
    "signature-wrong": gettext_noop("It was changed after it was signed, or somebody else signed it."),
    "securing-unsupported": gettext_noop("It is signed in a way that is not checked here."),
    "key-unknown": gettext_noop("The key with which it is signed could not be found."),
    "issuer-missing": gettext_noop("It names no issuer."),
    "issuer-not-did": gettext_noop("It names its issuer in a way that cannot be looked up."),
    "method-not-listed": gettext_noop("The issuer does not own the key with which it is signed."),
    "method-ceased": gettext_noop("The key is no longer in force, and nothing shows that it was when this was signed."),
    "expired": gettext_noop("Its time is over."),
    "not-yet-valid": gettext_noop("Its time has not begun."),
    "revoked": gettext_noop("The issuer took it back."),
    "suspended": gettext_noop("The issuer has suspended it."),
    "status-unchecked": gettext_noop("The issuer's list of what it took back was not at hand."),
    "STATUS_RETRIEVAL_ERROR": gettext_noop("The issuer's list of what it took back was not at hand."),
    "mandate-missing": gettext_noop("It says that it was signed under a mandate, which was not at hand."),
    "evidence-missing": gettext_noop("Nothing shows when it was signed."),
}
"""Code of an answer -> why; of others the exact reason is told."""
REMEDIES = {
    "integrity": gettext_noop("Ask the issuer for the document as it was issued."),
    "issuer": gettext_noop("Ask the issuer to sign it with a key of its own."),
    "status": gettext_noop("Ask the issuer whether it still stands by it."),
    "validity": gettext_noop("Ask the issuer for one that is in force."),
    "schema": gettext_noop("Ask the issuer for a document in the right form."),
    "mandate": gettext_noop("Ask whoever signed for the mandate."),
    "anchor": gettext_noop("Ask the issuer which registrar vouches for it."),
    "time": gettext_noop("Ask the issuer for evidence of the time."),
}
"""Result -> what helps where it is not good."""


def plainly(name: str, result: Result) -> tuple[str, str]:
    """Why an answer is not good, in plain words where there are some, and what helps; empty for any other answer."""
    if result.status not in (Verdict.INVALID, Verdict.UNKNOWN):
        return "", ""
    why = gettext(REASONS[result.code]) if result.code in REASONS else spoken(result.reason)
    return why, gettext(REMEDIES[name])
