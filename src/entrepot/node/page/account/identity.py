"""Sign in with a corporate identity: say which, sign a challenge with it where its key lies, and hand the answer over.

The page makes no signature and sees no key. A challenge is good for this browser, for a quarter of an hour, once.
"""

import base64
import json
from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.shape import dump
from entrepot.document.control import Challenge
from entrepot.document.verify.report import Result, Verdict
from entrepot.node.account.acting import note
from entrepot.node.account.identity import UNASKED, KeptChallenges, challenge_for, signed_in_by
from entrepot.node.account.lockout import failed, is_locked, succeeded
from entrepot.node.guard import address_of
from entrepot.node.page.account.sign_in import enter
from entrepot.node.page.answer import Page, form_page, onward, page
from entrepot.node.page.entrance import safe
from entrepot.node.page.entry import Entry, examine
from entrepot.node.running import office
from entrepot.party.did import is_did

ASKED = "identity"
"""Member of the session: the nonce that this browser is to answer, and the DID that it named."""
SESSION_LIVES = timedelta(hours=1)
"""After which the DID must be shown again: its keys may have changed."""
ANSWER_BYTES_MAX = 100_000
COMMAND = "entrepot identity sign-in challenge.json --party ID --data FOLDER --out answer.json"
"""How the project's own program answers."""


@require_http_methods(["GET", "POST"])
def sign_in_identity(request: HttpRequest) -> HttpResponseBase:
    """First the DID, then the challenge, then the answer."""
    if request.method == "POST" and request.POST.get("act") == "answer":
        return _answered(request)
    asked = _open(request) if request.method == "GET" and "asked" in request.GET else None
    if asked is not None:
        return _challenge_page(request, asked, None, 200)
    entry = _did_entry()
    if request.method == "POST" and examine([entry], request.POST.dict()):
        did = entry.value.strip()
        if is_did(did):
            return _asked(request, did)
        entry.problems.append(gettext("This is no DID. One looks like did:web:example.org."))
    return form_page(
        request,
        [entry],
        title=gettext("Sign in with a corporate identity"),
        lead=gettext("You need no account here: you show that you control the identity, by signing with its key."),
        hidden=[("next", safe(request.GET.get("next", "")))],
        button=gettext("Get a challenge"),
    )


def _did_entry() -> Entry:
    return Entry(
        name="did",
        label=gettext("DID of the business"),
        help=gettext("It begins with did: and stands in its documents."),
        most=500,
    )


def _open(request: HttpRequest) -> Challenge | None:
    """The challenge that this browser is to answer."""
    return KeptChallenges(office()).open(str(request.session.get(ASKED, {}).get("nonce", "")))


def _asked(request: HttpRequest, did: str) -> HttpResponseBase:
    """On to a new challenge, which this browser alone may answer."""
    asked = challenge_for(office(), did)
    request.session[ASKED] = {"nonce": asked.nonce, "did": did, "next": safe(request.POST.get("next", ""))}
    return onward(request, "/sign-in/identity?asked=1")


def _answered(request: HttpRequest) -> HttpResponseBase:
    asked = request.session.pop(ASKED, {})
    did, address, now = str(asked.get("did", "")), address_of(request), office().clock()
    upload = request.FILES.get("file")
    data = upload.read() if upload is not None else request.POST.get("answer", "").strip().encode("utf-8", "replace")
    if is_locked(did, address, now) or len(data) > ANSWER_BYTES_MAX:
        return _challenge_page(request, None, None, 422)
    person, found = signed_in_by(office(), data, str(asked.get("nonce", "")))
    if person is None and found is not UNASKED:  # whoever sends an answer twice was not refused
        failed(did, address, now)
        note(None, "identity-refused", party=did, about=found.code)
    if person is None:
        return _challenge_page(request, None, found, 422)
    succeeded(did, address)
    answer = enter(request, person, "identity", {"next": str(asked.get("next", ""))})
    request.session.set_expiry(now + SESSION_LIVES)
    return answer


def _challenge_page(request: HttpRequest, asked: Challenge | None, found: Result | None, status: int) -> Page:
    text = "" if asked is None else json.dumps({**dump(asked), "request": asked.request()}, indent=1)
    return page(
        request,
        "account/identity.html",
        status=status,
        asked=asked,
        text=text,
        command=COMMAND,
        download=f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}",
        found=found,
        is_unknown=found is not None and found.status is Verdict.UNKNOWN,
    )
