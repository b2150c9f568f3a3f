"""From the journal to notices: read on from a remembered place, so that nothing is left out or told twice.

The place and the notices up to it change in one transaction; a notice is unique by person, party, record and reason.
After a restore the log has a new epoch and is read from its beginning: what was told stays told once.
"""

from collections.abc import Collection, Iterable, Iterator

from django.db import transaction

from entrepot.base.record import Record
from entrepot.flow.kinds import ALONE
from entrepot.flow.office import Office
from entrepot.flow.post import REFUSED
from entrepot.flow.reading import steps_open
from entrepot.journal.outbox import Delivery
from entrepot.journal.port import Entry
from entrepot.node.account.models import Membership, Person
from entrepot.node.notice.models import Notice, Place, What, Wish

PAGE = 200
"""Entries that one transaction reads."""
ANSWERS = {
    "order": "order-response",
    "order-cancellation": "cancellation-response",
    "return-request": "return-response",
    "dispute": "dispute-answer",
}
"""A kind that asks -> the kind that answers it."""
DECISIONS = frozenset(
    {
        "order-response",
        "cancellation-response",
        "return-response",
        "dispute-answer",
        "dispute-resolution",
        "customs-release",
        "agency-decision",
    }
)
"""Kinds that decide something about whoever they are sent to."""


def begin(office: Office) -> None:
    """Remember the end of the log as the place, where none is remembered: nobody is told of what was long before."""
    with transaction.atomic():
        if not Place.objects.exists():
            Place.objects.create(epoch=office.journal.epoch, seq=_end(office))


def _end(office: Office) -> int:
    last = 0
    while page := office.journal.entries(last, PAGE):
        last = page[-1].seq
    return last


def read_on(office: Office) -> int:
    """Tell of the entries behind the place, at most :data:`PAGE`; how many were read."""
    place = Place.objects.get()
    if not office.journal.entries(_seq(office, place), 1):
        return 0
    with transaction.atomic():
        place = Place.objects.get()  # another process may have read on meanwhile
        page = office.journal.entries(_seq(office, place), PAGE)
        _tell(each for entry in page for each in _of_entry(office, entry))
        if page:
            place.epoch, place.seq = office.journal.epoch, page[-1].seq
            place.save()
    return len(page)


def _seq(office: Office, place: Place) -> int:
    return place.seq if place.epoch == office.journal.epoch else 0


def tell_refusals(office: Office) -> None:
    """Tell of every record of a party here that a peer would not take, or that was given up; again changes nothing."""
    last = 0
    while page := office.journal.undeliverable(PAGE, after=last):
        last = page[-1].id
        known = set(Notice.objects.filter(about__in=[each.record_id for each in page]).values_list("about", "what"))
        fresh = [each for each in page if (each.record_id, _reason(each)) not in known]
        if fresh:
            with transaction.atomic():
                _tell(notice for each in fresh for notice in _of_delivery(office, each))


def _tell(notices: Iterable[Notice]) -> None:
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _of_entry(office: Office, entry: Entry) -> Iterator[Notice]:
    record = office.journal.record(entry.record_id)
    if record is None or record.erased or record.kind in ALONE:
        return
    what: dict[str, What] = {}
    for each in _acting(set(record.content.audience) - {record.content.issuer}, entry):
        if each.party not in what:
            what[each.party] = _what(office, record, each.party)
        yield _notice(record, each, what[each.party], entry)


def _of_delivery(office: Office, given_up: Delivery) -> Iterator[Notice]:
    record = office.journal.record(given_up.record_id or "")
    entry = office.journal.entry(given_up.record_id or "")
    if record is None or entry is None or record.erased:
        return
    for each in _acting({record.content.issuer}, entry):
        yield _notice(record, each, _reason(given_up), entry)


def _reason(given_up: Delivery) -> What:
    return What.REFUSAL if (given_up.reason or "").startswith(REFUSED) else What.UNDELIVERED


def _what(office: Office, record: Record, party: str) -> What:
    answer = ANSWERS.get(record.kind)
    if answer and answer in steps_open(office.journal, record.sales[0], (party,), recall=office.recall):
        return What.STEP
    return What.DECISION if record.kind in DECISIONS else What.RECORD


def _acting(parties: Collection[str], entry: Entry) -> Iterable[Membership]:
    """Whoever acted here for one of ``parties`` already when the record came, wherever that lives."""
    held = Membership.objects.filter(party__in=parties, ended=None, since__lte=entry.received, person__is_active=True)
    return held.select_related("person__wish").order_by("party", "id") if parties else ()


def _notice(record: Record, told: Membership, what: What, entry: Entry) -> Notice:
    in_sale = bool(record.content.sales) or record.kind == "order"
    return Notice(
        person=told.person,
        party=told.party,
        what=what,
        about=record.id,
        kind=record.kind,
        sale=record.sales[0] if in_sale else "",
        at=entry.received,
        posted=None if wants_letters(told.person) else entry.received,
    )


def wants_letters(person: Person) -> bool:
    """Whether a person wants to be told by letter too; yes where nothing was chosen."""
    found: Wish | None = getattr(person, "wish", None)
    return found is None or found.letters
