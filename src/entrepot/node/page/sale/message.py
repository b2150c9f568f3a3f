"""A message of a sale: the form that writes it, and how it is shown. Its text is text, whatever stands in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language, gettext

from entrepot.flow.issue import Draft
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import sale_page, sale_summary
from entrepot.flow.scan import hits_in
from entrepot.flow.thread import newest
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import BY_CODE, LANGUAGES, gettext_noop
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.enclosing import attachments, enclosed
from entrepot.node.page.sale.forms import Form
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office
from entrepot.sale.message import MESSAGE, EnclosedFile, Message

TRADERS = "traders"
"""The value of the choice that both buyer and seller read it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message; ``is_here``: whether it is kept here; ``hit``: what the scanner found in it."""

    digest: str
    name: str
    size: int
    is_here: bool
    hit: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a message says; ``about``: the record that it is about, in words. ``erased``: it is not there any more."""

    text: str = ""
    language: str = ""
    about: str = ""
    files: tuple[File, ...] = ()
    erased: bool = False


def written(message: str) -> Written:
    """The message of that id, which the reader may read."""
    record = office().journal.record(message)
    said = None if record is None or record.erased else read_record(record)[0]
    if not isinstance(said, Message):
        return Written(erased=True)
    here, hits = office().journal.attachments(message), hits_in(office().journal.assessment(message))
    files = tuple(_file(each, here, hits) for each in said.files)
    return Written(said.text, said.language, _about(said.re), files)


def _file(said: EnclosedFile, here: Collection[str], hits: Mapping[str, str]) -> File:
    is_here = said.digest in here
    return File(said.digest, said.name, said.size, is_here, "" if is_here else hits.get(said.digest, ""))


def _about(record_id: str | None) -> str:
    """The kind and number of a record as words; its reader has the message, so its kind is no secret."""
    record = office().journal.record(record_id) if record_id else None
    return f"{word(KINDS, record.kind)} {record.content.number}" if record is not None else ""


def message_entries(context: Context) -> list[Entry]:
    """To whom, what, in which language, about which record."""
    language = BY_CODE.get(get_language() or "", LANGUAGES[0])
    people, records = _addressees(context), _records(context)
    return [
        Entry(name="text", label=gettext("Message"), kind="textarea", most=2000, path="$.text"),
        Entry(name="to", label=gettext("To"), kind="select", options=people, value=people[0][0] if people else ""),
        Entry(
            name="language",
            label=gettext("Language of the message"),
            kind="select",
            options=tuple((each.tag, each.name) for each in LANGUAGES),
            value=language.tag,
            path="$.language",
        ),
        Entry(name="re", label=gettext("About"), kind="select", options=records, required=False, path="$.re"),
    ]


def _addressees(context: Context) -> tuple[tuple[str, str], ...]:
    """Who may be written to: each other party of the sale that the writer knows of, and both traders at once."""
    roles = _roles(context)
    own = context.acting.party
    traders = [did for role in ("seller", "buyer") for did in roles.get(role, ()) if did != own]
    others = dict.fromkeys(did for held in roles.values() for did in held if did != own)
    both = ((TRADERS, gettext("Seller and buyer")),) if len(traders) > 1 else ()
    return (*both, *((did, _name(context, did)) for did in dict.fromkeys((*traders, *others))))


def _roles(context: Context) -> Mapping[str, Any]:
    assert context.deal is not None, "a message is written in a sale"
    here = office()
    summary = sale_summary(here.journal, context.deal.sale, context.acting.readers, recall=here.recall) or {}
    roles: Mapping[str, Any] = summary.get("roles", {})
    return roles


def _name(context: Context, did: str) -> str:
    assert context.deal is not None, "a message is written in a sale"
    return context.deal.name(did)


def _records(context: Context) -> tuple[tuple[str, str], ...]:
    assert context.deal is not None, "a message is written in a sale"
    here = office()
    found = sale_page(here.journal, context.deal.sale, context.acting.readers, recall=here.recall) or {}
    lines = [each for each in found.get("records", ()) if not each.get("withheld")]
    return tuple((each["id"], f"{word(KINDS, each['kind'])} {each['number']}") for each in lines)


def message_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """What is said, as it was typed."""
    text = typed["text"].strip().replace("\r\n", "\n")
    said: dict[str, Any] = {"text": text, "language": typed["language"]}
    if typed.get("re"):
        said["re"] = typed["re"]
    files = enclosed(context, typed)
    return said | ({"files": files} if files else {})


def addressed(draft: Draft, context: Context, typed: Mapping[str, str]) -> Draft:
    """The message for those it is written to, behind the messages that all of them have."""
    assert context.deal is not None, "a message is written in a sale"
    roles, to = _roles(context), typed.get("to", "")
    named = [did for role in ("seller", "buyer") for did in roles.get(role, ())] if to == TRADERS else [to]
    audience = tuple(sorted({context.acting.party, *filter(None, named)}))
    follows = newest(office().journal, context.deal.sale, audience)
    return replace(draft, audience=audience, after=tuple({*follows, *filter(None, [typed.get("re")])}))


WRITTEN = Form(
    MESSAGE,
    "MS",
    gettext_noop("You write to others of this sale. It is signed and sent to them; it changes nothing in the sale."),
    message_entries,
    message_payload,
    numbered=False,
    encloses=True,
    files=attachments,
    complete=addressed,
)
