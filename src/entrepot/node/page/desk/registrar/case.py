"""The cases of a registrar: requests that were addressed to it, beside what stands in its register."""

from django.utils.translation import gettext

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.document.agency.model import REQUEST, RegistrationRequest
from entrepot.economy import economy
from entrepot.economy.identifier import identifier_findings
from entrepot.economy.load import codes
from entrepot.flow.agency import brought, decisions
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import is_readable
from entrepot.flow.registrar import Entry as Registered
from entrepot.node.account.acting import Acting, name_of
from entrepot.node.page.desk.desk import Case, Fact, Reading, Ruling, in_order
from entrepot.node.page.desk.word import economy_words
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.telling import say
from entrepot.node.page.sale.words import word
from entrepot.node.register import desk_of
from entrepot.node.running import office, station

STATES = {
    "in_force": gettext_noop("registered"),
    "suspended": gettext_noop("suspended"),
    "revoked": gettext_noop("revoked"),
}
OPEN = {"in_force": ("suspend",), "suspended": ("reinstate",), "revoked": ()}
"""State of an entry -> what may be decided."""


def request_of(acting: Acting, case: str) -> tuple[Record, RegistrationRequest] | None:
    """A request that was addressed to the party."""
    journal = office().journal
    record = journal.record(case) if is_readable(journal, case, acting.readers) else None
    said = None if record is None or record.erased else read_record(record)[0]
    if record is None or not isinstance(said, RegistrationRequest) or said.registrar != acting.party:
        return None
    return record, said


def entry_of(acting: Acting, record: Record, said: RegistrationRequest) -> Registered | None:
    """The entry of the party's register for that business and number; the newest state of it."""
    desk = desk_of(station(), acting.party)
    key = (record.content.issuer, said.economy, said.scheme.lower(), said.identifier)
    found = None
    for each in desk.register.entries() if desk else ():
        own = each.application
        is_same = (own.did, own.economy, own.scheme.lower(), own.number) == key
        if is_same and (found is None or found.state == "revoked"):
            found = each
    return found


def cases(acting: Acting) -> list[Case]:
    """Every request to the party."""
    found = [request_of(acting, row["record"]) for row in brought(office(), REQUEST, acting.party)]
    return in_order([_case(acting, *each) for each in found if each])


def find(acting: Acting, case: str) -> Case | None:
    """One request to the party."""
    found = request_of(acting, case)
    return _case(acting, *found) if found else None


def _case(acting: Acting, record: Record, said: RegistrationRequest) -> Case:
    entry = entry_of(acting, record, said)
    decided = decisions(office(), record.id, acting.readers, desk="registrar", by=(acting.party,))
    if entry is not None:
        text, may, waits = word(STATES, entry.state), OPEN[entry.state], False
    elif decided and decided[-1].says.outcome == "refuse":
        text, may, waits = gettext("refused"), (), False
    else:
        text, may, waits = gettext("waits for you"), ("register", "refuse"), True
        if office().custody.signatory(record.content.issuer) is None:
            may = ("refuse",)
    return Case(
        id=record.id,
        number=said.number,
        title=said.name,
        who=economy_words(said.economy),
        since=record.content.issued,
        word=text,
        is_open=waits,
        may=may,
    )


def read(acting: Acting, case: Case) -> Reading:
    """What the business says of itself, how its number looks, and what the register holds."""
    found = request_of(acting, case.id)
    assert found is not None, "a case is a request to the party"
    record, said = found
    entry, issuer = entry_of(acting, record, said), record.content.issuer
    desk = desk_of(station(), acting.party)
    shown = [
        Fact(gettext("Name of the business"), said.name),
        Fact(gettext("Name on this node"), name_of(issuer)),
        Fact(gettext("Economy"), economy_words(said.economy), f"/economies/{said.economy}"),
        Fact(gettext("Kind of business number"), scheme_words(said.economy, said.scheme)),
        Fact(gettext("Business number"), said.identifier),
        Fact(gettext("Identifier"), issuer),
    ]
    if entry is not None and desk is not None:
        shown.append(Fact(gettext("Identity anchor"), entry.id, f"/parties/{desk.name}/anchors/{entry.id}"))
    notes = [say(each) for each in _findings(said)]
    if not notes:
        notes = [(gettext("The number has the form and the check digits of its kind."), False)]
    if office().custody.signatory(issuer) is None:
        notes.append((gettext("This business signs with its own key; register it by program."), False))
    return Reading(facts=tuple(shown), notes=tuple(notes), concerned=(issuer,))


def number_findings(ruling: Ruling) -> tuple[Finding, ...]:
    """What stands against the number itself."""
    found = request_of(ruling.acting, ruling.case.id)
    return _findings(found[1]) if found else ()


def _findings(said: RegistrationRequest) -> tuple[Finding, ...]:
    return identifier_findings(said.economy, said.scheme, said.identifier)


def scheme_words(code: str, scheme: str) -> str:
    """The name of a scheme as the economy's file gives it."""
    rows = economy(code).identifiers if code in codes() else ()
    return next((each.name for each in rows if each.scheme == scheme.lower()), scheme)
