"""Signing where the key lies: the exact record is shown and kept, and its signed form is taken when it is brought.

The node has no key of the party, be it one that lives here or one of elsewhere that showed control of its DID. What is
brought is judged as whatever a party signs itself (:mod:`entrepot.flow.signed`), and must be the record that was shown.
"""

import base64
import json

from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, blocking
from entrepot.base.record import Record, read_content
from entrepot.document.proof import credential_of
from entrepot.flow.issue import check_draft
from entrepot.flow.prove import open_proofs
from entrepot.flow.signed import check_prepared, check_same, take_signed
from entrepot.journal.port import Idempotency
from entrepot.node.account.acting import note
from entrepot.node.api.edge import IN_FLIGHT
from entrepot.node.page.answer import Page
from entrepot.node.page.entry import examine
from entrepot.node.page.kept import keep, kept_draft
from entrepot.node.page.once import KEY, form_key, patiently, said_before
from entrepot.node.page.sale.filled import Sheet, are_sides_named, end, form_answer, look_answer, told
from entrepot.node.page.sale.telling import say
from entrepot.node.running import office

SIGNED = "signed"
"""Name of the field that holds the signed record as text; as a file it comes under the same name."""
COMMAND = "entrepot identity sign record.json --party ID --data FOLDER --proof eddsa-jcs-2022 --out signed.json"
"""How the project's own program signs it."""
RECORD_CHARACTERS_MAX = 4 << 20
SIGNED_BYTES_MAX = 3 << 20


def is_guest(sheet: Sheet) -> bool:
    """Whether the party lives elsewhere, or nowhere."""
    return sheet.context.acting.party not in office().custody.hosted()


def prepared(sheet: Sheet, *, keeps: bool) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record to be signed, and what handing it over would find: the one that waits, while the same is typed and
    nothing speaks against it, else a new one. ``keeps``: it is kept until it is signed or thrown away."""
    record = waiting(sheet)
    if record is not None and not blocking(found := _would_find(sheet, record)):
        return record, found
    made = check_draft(office(), sheet.draft())
    if made.record is None:
        return None, made.findings
    found = _would_find(sheet, made.record)
    if keeps and not blocking(found):
        kept = {"content": made.record.to_bytes().decode("utf-8"), "typed": _digest(sheet)}
        keep(sheet.context.acting.person, sheet.waiting_place, kept, most=RECORD_CHARACTERS_MAX)
    return made.record, found


def _would_find(sheet: Sheet, record: Record) -> tuple[Finding, ...]:
    return check_prepared(office(), record, sheet.draft().attachments, is_guest=is_guest(sheet))


def waiting(sheet: Sheet) -> Record | None:
    """The record that waits for its signature, where it says what is typed now."""
    kept = kept_draft(sheet.context.acting.person, sheet.waiting_place)
    return _kept_record(kept) if kept.get("typed") == _digest(sheet) else None


def _kept_record(kept: dict[str, str]) -> Record | None:
    return read_content(json.loads(kept["content"]))[0] if kept else None


def _digest(sheet: Sheet) -> str:
    said = {each.name: sheet.typed.get(each.name, "") for each in sheet.entries} | {KEY: sheet.typed[KEY]}
    return sha256(json.dumps(said, sort_keys=True).encode())


def show(sheet: Sheet, record: Record, findings: tuple[Finding, ...], rest: tuple[tuple[str, bool], ...] = ()) -> Page:
    """What is to be signed: in words, and as the exact record; ``rest``: what stands against what was brought."""
    text = json.dumps(credential_of(record), ensure_ascii=False, indent=1, sort_keys=True)
    values = {"text": text, "brought": sheet.brought, "command": COMMAND, "rest": rest}
    values["download"] = f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}"
    return look_answer(sheet, "sale/sign.html", record, findings, status=422 if rest else 200, **values)


def bring(sheet: Sheet) -> HttpResponseBase:
    """Take the signed record, once however often it is brought; else say what is wrong with it, and show both again."""
    if not (are_sides_named(sheet) & examine(sheet.entries, sheet.typed)):
        return form_answer(sheet, [])
    upload = sheet.request.FILES.get(SIGNED)
    data = upload.read(SIGNED_BYTES_MAX + 1).decode("utf-8", "replace") if upload is not None else sheet.brought
    before = said_before(sheet.request, sheet.context.acting, sheet.form.kind)
    done = patiently(lambda: _taken(sheet, data.strip())) if data.strip() else ((gettext("Fill this in."), False),)
    if isinstance(done, str):
        end(sheet)
        return told(sheet, done, before=before == done)
    record = _kept_record(kept_draft(sheet.context.acting.person, sheet.waiting_place))
    if record is None:
        return form_answer(sheet, list(done))
    return show(sheet, record, _would_find(sheet, record), done)


def _taken(sheet: Sheet, text: str) -> str | tuple[tuple[str, bool], ...]:
    """The id of the record; what was found, in words, where it was not taken."""
    signed, proofs, findings = open_proofs([text], "$")
    if signed is None:
        return _said(findings)
    key = _key(sheet, signed)
    with IN_FLIGHT.hold(key):
        known = office().journal.replayed(key)
        if known is not None:
            return known.record_id
        wanted = _kept_record(kept_draft(sheet.context.acting.person, sheet.waiting_place))
        if wanted is None:
            return ((gettext("This was done already, or something came in between"), False),)
        other = check_same(wanted, signed)
        if other:
            return _said(other)
        files, guest = sheet.draft().attachments, is_guest(sheet)
        done = take_signed(office(), signed, proofs, files, idempotency=key, is_guest=guest)
        if done.record is None:
            return _said(blocking(done.findings) or done.findings)
        acting = sheet.context.acting
        note(acting.person, "signed", party=acting.party, about=done.record.id)
        return done.record.id


def _key(sheet: Sheet, record: Record) -> Idempotency:
    return form_key(sheet.context.acting, sheet.form.kind, {KEY: sheet.typed[KEY], SIGNED: record.id})


def _said(findings: tuple[Finding, ...]) -> tuple[tuple[str, bool], ...]:
    return tuple(dict.fromkeys(say(each) for each in findings))
