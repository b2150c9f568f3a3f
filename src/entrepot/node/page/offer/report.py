"""Report an offer to this node's market overseer: by anybody, without an account, and not too often."""

import json

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding
from entrepot.document.agency.model import COMPLAINT
from entrepot.flow.agency import OVERSEER, complaints_against, keepers
from entrepot.flow.issue import Draft, issue
from entrepot.flow.offersearch import read_offer
from entrepot.journal.port import Idempotency
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.answer import KEEPER, Page, error_page, form_page, onward
from entrepot.node.page.desk.overseer.case import GROUNDS
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import typed_in
from entrepot.node.page.once import KEY, new_key, patiently
from entrepot.node.page.sale.telling import tell
from entrepot.node.running import office

WAITING_MAX = 50
"""Complaints about one offer that are taken; an overseer who has so many knows enough."""


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, offer: str) -> HttpResponseBase:
    """The form; what is sent goes to the overseers of this node, and to nobody else."""
    overseers, found = keepers(office(), OVERSEER), read_offer(office(), offer)
    if not overseers or found is None:
        return error_page(request, 404)
    typed, entries = typed_in(request), _entries()
    typed.setdefault(KEY, new_key())
    if request.method == "POST" and examine(entries, typed):
        if complaints_against(office(), offer) >= WAITING_MAX:
            return error_page(request, 429)
        draft = _complaint(offer, found[0].number, typed, overseers)
        findings = patiently(lambda: _kept(draft, typed))
        if not findings:
            return onward(request, f"/offers/{offer}/report/sent")
        tell(findings, entries)
    fill_in(entries, typed)
    return _form(request, entries, typed[KEY], found[0].lines[0].name)


@require_safe
def reported(request: HttpRequest, offer: str) -> HttpResponseBase:
    """What becomes of a complaint that was sent."""
    if read_offer(office(), offer) is None:
        return error_page(request, 404)
    return form_page(
        request,
        title=gettext("Your complaint is with the overseer"),
        lead=gettext("The overseer looks at the offer and decides. The seller is not told who complained."),
        method="none",
        script=KEEPER,
    )


def _form(request: HttpRequest, entries: list[Entry], key: str, name: str) -> Page:
    return form_page(
        request,
        entries,
        title=gettext("Report this offer"),
        lead=name,
        hidden=[(KEY, key)],
        button=gettext("Send it to the overseer"),
    )


def _entries() -> list[Entry]:
    return [
        Entry(
            name="grounds",
            label=gettext("What is wrong"),
            kind="select",
            options=tuple((str(each), gettext(words)) for each, words in GROUNDS.items()),
            path="$.grounds",
        ),
        Entry(
            name="text",
            label=gettext("Tell it in your own words"),
            help=gettext("In any language. The overseer alone reads it."),
            kind="textarea",
            most=2000,
            path="$.text",
        ),
        Entry(
            name="reply_to",
            label=gettext("Where you can be reached"),
            help=gettext("If the overseer may ask you something."),
            required=False,
            path="$.replyTo",
        ),
    ]


def _complaint(offer: str, number: str, typed: dict[str, str], overseers: tuple[str, ...]) -> Draft:
    """What a visitor says, kept under the node's own name: it was told, and by whom it does not know."""
    today, own = office().clock().date(), sha256(typed[KEY].encode("utf-8", "surrogatepass"))[:10].upper()
    name = f"CP-{today:%y%m%d}-{own}"
    payload = {
        "number": name,
        "issueDate": today.isoformat(),
        "offer": {"record": offer, "number": number},
        "grounds": typed["grounds"],
        "text": typed["text"].strip(),
    }
    if typed.get("reply_to", "").strip():
        payload["replyTo"] = typed["reply_to"].strip()
    node = office().identity.did
    return Draft(kind=COMPLAINT, issuer=node, number=name, payload=payload, audience=tuple(sorted(overseers)))


def _kept(draft: Draft, typed: dict[str, str]) -> tuple[Finding, ...]:
    """Keep it, once however often the form is sent; what stopped it."""
    text = json.dumps(typed, sort_keys=True, separators=(",", ":"))
    digest = sha256(text.encode("utf-8", "surrogatepass"))
    key = Idempotency(scope="visitor/report", key=draft.number, digest=digest)
    with IN_FLIGHT.hold(key):
        if office().journal.replayed(key) is not None:
            return ()
        done = issue(office(), draft, idempotency=key)
        return () if done.record else done.findings
