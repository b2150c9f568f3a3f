"""Foreign files of a record: kept as received, named by its payload, and saying what its payload says.

The id of a record covers its payload alone, so only a file whose digest stands there belongs to it, or a mandate whose
digest stands in what is signed; whoever delivers first can attach nothing else. Where a payload says that it was read
from a file (``presented``), or that a message says the same (``message``), that file is read again here, and what it
states must stand in the payload unchanged. The payload may add what the file leaves open.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, is_dataclass, replace
from itertools import islice
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.record import Record
from entrepot.base.said import said
from entrepot.base.shape import dump, members, parse
from entrepot.document import invoice, order, transport
from entrepot.document.demand import Demand
from entrepot.document.file_type import BY_MEDIA_TYPE
from entrepot.document.reading import ReadResult
from entrepot.flow.assess import Checked, Verdict
from entrepot.flow.evidenced import evidence_among
from entrepot.flow.kinds import read_record
from entrepot.flow.mandated import named_with
from entrepot.journal.port import Attachment, Proof
from entrepot.payment.instruction import PaymentInstruction
from entrepot.sale.message import MESSAGE, Message

STANDARD = "Entrepot presented documents 1"
MEMBERS = ("presented", "message")
"""Members of a payload that name the file that it stands for."""
CONTRADICTIONS_MAX = 50
SHOWN_CHARS_MAX = 80

STRAY = Demand(
    "ENT-CORE-PRESENTED-01",
    "Neither the payload nor a proof names the file {digest}, and it is no evidence of a proof; it is not kept.",
    "Write the digest of the file into the payload, that of a mandate into what is signed, or leave the file out.",
    STANDARD,
)
ABSENT = Demand(
    "ENT-CORE-PRESENTED-02",
    "The payload stands for the file {digest}, which did not come with it.",
    "Attach the file as received.",
    STANDARD,
)
OTHER_SYNTAX = Demand(
    "ENT-CORE-PRESENTED-03",
    "The file cannot be read as {kind} in {syntax}: {why}",
    "Name the syntax that the file is written in.",
    STANDARD,
)
CONTRADICTED = Demand(
    "ENT-CORE-PRESENTED-04",
    "The file says {stated} here; the payload says {said}.",
    "Add what the file leaves open, never change what it says.",
    STANDARD,
)
NO_READER = Demand(
    "ENT-CORE-PRESENTED-05",
    "This node does not read {kind} in {syntax}; the file was not compared with the payload.",
    "Read the file yourself.",
    STANDARD,
    Severity.WARNING,
)
UNREAD = Demand(
    "ENT-CORE-PRESENTED-06",
    "The file states {count} things that could not be read, and were not compared; the first at {place}: {why}",
    "Read them in the file yourself.",
    STANDARD,
    Severity.WARNING,
)
OTHER_SIZE = Demand(
    "ENT-CORE-PRESENTED-07",
    "The file {name} has {size} bytes; the payload says {said}.",
    "State the size of the file as it is.",
    STANDARD,
)
OTHER_TYPE = Demand(
    "ENT-CORE-PRESENTED-08",
    "The file {name} is not what it is said to be: {said}.",
    "Open it with care, or ask for it in another form.",
    STANDARD,
    Severity.WARNING,
)
UNDECIDED = frozenset({ABSENT.id, NO_READER.id})
"""Findings after which it is unknown whether file and payload agree."""


@dataclass(frozen=True, slots=True)
class _Named:
    """The file that a payload stands for: under which member, and what the payload says of it."""

    member: str
    digest: str
    syntax: str
    media_type: str | None


def named_files(
    record: Record, files: Sequence[Attachment], proofs: Sequence[Proof] = ()
) -> tuple[tuple[Attachment, ...], tuple[Finding, ...]]:
    """The files that the payload of ``record`` names, the mandates that ``proofs`` name, and evidence of when these
    existed, each once, and a finding for every other.

    A file that the payload stands for has the media type that the payload states, whatever came with it.
    """
    if not files:
        return (), ()
    texts = _texts(record.payload, frozenset(each.digest for each in files)) | named_with(proofs, files)
    texts |= {each.digest for each in evidence_among(proofs, files)}
    types = {each.digest: each.media_type for each in _stood_for(record.payload)}
    kept = {
        each.digest: replace(each, media_type=types.get(each.digest) or each.media_type)
        for each in files
        if each.digest in texts
    }
    strays = tuple(
        STRAY.broken(f"$.attachments[{index}]", digest=each.digest)
        for index, each in enumerate(files)
        if each.digest not in texts
    )
    return tuple(kept.values()), strays


def check_presented(record: Record, files: Sequence[Attachment], proofs: Sequence[Proof] = ()) -> list[Checked]:
    """Whether ``files`` belong to the record and the file it stands for says the same; what does not blocks issuing.

    No check at all where there is no file and none is named. It reads one file at most per member of
    :data:`MEMBERS`.
    """
    kept, strays = named_files(record, files, proofs)
    found = [*strays, *_compared(record, kept)]
    return [_judged(found)] if found or files or _stood_for(record.payload) else []


def check_received(
    record: Record, files: Sequence[Attachment], strays: Sequence[Finding], *, left_out: Collection[str] = ()
) -> list[Checked]:
    """The same for a record that a peer sent: ``files`` are those that it names, ``strays`` what was found of others;
    of files that were ``left_out`` here (digests) it is not said that they did not come.

    All findings are warnings: the record says what it says, and the next reader must see how it was judged.
    """
    found = list(_compared(record, files))
    if not (found or strays or _stood_for(record.payload)):
        return []
    judged = _judged(found)
    told = [each for each in judged.findings if each.id != ABSENT.id or each.params["digest"] not in left_out]
    return [replace(judged, findings=tuple(_softened(each) for each in (*strays, *told)))]


def _softened(found: Finding) -> Finding:
    return replace(found, severity=Severity.WARNING) if found.severity is Severity.BLOCKING else found


def _judged(found: Sequence[Finding]) -> Checked:
    wrong = any(each.severity is Severity.BLOCKING and each.id not in UNDECIDED for each in found)
    unknown = any(each.id in UNDECIDED for each in found)
    verdict = Verdict.INVALID if wrong else Verdict.UNKNOWN if unknown else Verdict.VALID
    return Checked(stage="form", name="presented", standard=STANDARD, verdict=verdict, findings=tuple(found))


def _texts(payload: Any, wanted: frozenset[str]) -> frozenset[str]:
    """Which of ``wanted`` stand somewhere in ``payload`` as a text of their own."""
    found: set[str] = set()
    rest: list[Any] = [payload]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            found |= {value} & wanted
        elif isinstance(value, Mapping):
            rest.extend(value.values())
        elif isinstance(value, list | tuple):
            rest.extend(value)
    return frozenset(found)


def _stood_for(payload: Mapping[str, Any]) -> tuple[_Named, ...]:
    """Read from the JSON, so that it holds as well for kinds and versions that are not known here."""
    found = []
    for member in MEMBERS:
        value = payload.get(member)
        if isinstance(value, Mapping) and isinstance(value.get("digest"), str):
            kind = value.get("mediaType")
            found.append(_Named(member, value["digest"], str(value.get("syntax")), kind if _is_type(kind) else None))
    return tuple(found)


def _is_type(value: Any) -> bool:
    return isinstance(value, str) and 3 <= len(value) <= 100


def _enclosed(record: Record, bodies: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is found of the files that a message encloses."""
    said = read_record(record)[0] if record.kind == MESSAGE else None
    for index, each in enumerate(said.files if isinstance(said, Message) else ()):
        where, body = f"$.payload.files[{index}]", bodies.get(each.digest)
        if body is None:
            yield ABSENT.broken(f"{where}.digest", digest=each.digest)
            continue
        if len(body) != each.size:
            yield OTHER_SIZE.broken(f"{where}.size", name=each.name, size=len(body), said=each.size)
        known = BY_MEDIA_TYPE.get(each.media_type)
        if known is not None and not known.fits(body):
            yield OTHER_TYPE.broken(f"{where}.mediaType", name=each.name, said=each.media_type)


def _compared(record: Record, files: Sequence[Attachment]) -> Iterator[Finding]:
    bodies = {each.digest: each.body for each in files}
    yield from _enclosed(record, bodies)
    for named in _stood_for(record.payload):
        if named.digest not in bodies:
            yield ABSENT.broken(f"$.payload.{named.member}.digest", digest=named.digest)
        elif named.member == "message":
            yield from _message(record, named, bodies[named.digest])
        else:
            yield from _document(record, named, bodies[named.digest])


def _message(record: Record, named: _Named, body: bytes) -> Iterator[Finding]:
    from entrepot.payment.message import check_message, read

    payload, _ = read_record(record)
    if not isinstance(payload, PaymentInstruction) or not named.syntax.startswith("pacs.008."):
        yield NO_READER.broken("$.payload.message.syntax", kind=record.kind, syntax=named.syntax)
        return
    found, _ = read(body)
    if found is not None and found.version != named.syntax:
        where = "$.payload.message.syntax"
        yield OTHER_SYNTAX.broken(
            where, kind=record.kind, syntax=named.syntax, why=said("It is {version}.", version=found.version)
        )
    for each in check_message(payload, body):
        # Findings about the message's own form lie at a place in its XML, those of the comparison in the payload.
        yield each.at("$.payload") if each.path.startswith("$") else each


READERS: Mapping[tuple[str, str], Callable[[bytes], ReadResult[Any]]] = {
    ("order", "ubl-2.1"): order.read,
    ("invoice", "ubl-2.1"): invoice.read,
    ("credit-note", "ubl-2.1"): invoice.read_credit_note,
    ("transport-document", "dcsa-ebl-3.0"): transport.read,
}
"""Kind and syntax -> what reads it."""
BACKBONE = {"transport-document": "items"}
"""A member that every file of a kind states, for syntaxes whose form alone does not tell them from another."""


def _document(record: Record, named: _Named, body: bytes) -> Iterator[Finding]:
    reader, where = READERS.get((record.kind, named.syntax)), "$.payload.presented"
    if reader is None:
        yield NO_READER.broken(f"{where}.syntax", kind=record.kind, syntax=named.syntax)
        return
    read = reader(body)
    stated = {name: value for name, value in read.draft.items() if name != "presented"}
    if not stated or BACKBONE.get(record.kind, "") not in ("", *stated):
        why = next(
            (each.told for each in read.findings if not _is_shape(each)), said("It states nothing of such a document.")
        )
        yield OTHER_SYNTAX.broken(f"{where}.syntax", kind=record.kind, syntax=named.syntax, why=why)
        return
    unread = [each for each in read.findings if not _is_shape(each) and each.severity is not Severity.NOTE]
    if unread:
        first = unread[0]
        yield UNREAD.broken(where, count=len(unread), place=first.path[:200], why=first.told)
    for path, one, other in islice(_contradictions(read.shape, stated, record.payload), CONTRADICTIONS_MAX):
        yield CONTRADICTED.broken(f"$.payload{path}", stated=_shown(one), said=_shown(other))


def _is_shape(found: Finding) -> bool:
    """Of the shape: something is missing there, which the payload may add, or cannot be said in a payload at all."""
    return found.id.startswith("ENT-CORE-SHAPE-")


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(dump(value))[:SHOWN_CHARS_MAX]


Unlike = Iterator[tuple[str, Any, Any]]
"""Path, what the file states, what the payload says."""


def _contradictions(shape: type[Any], stated: Mapping[str, Any], payload: Mapping[str, Any]) -> Unlike:
    """Where ``payload`` does not say what ``stated`` says; values that are written otherwise but equal are the same."""
    apart = _apart(stated, payload, "")
    first = next(apart, None)
    if first is None:
        return
    laid_over, _ = parse(shape, _overlaid(payload, stated))
    said, _ = parse(shape, payload)
    if laid_over is not None and said is not None:
        yield from _unlike(laid_over, said, "")
        return
    yield first
    yield from apart


def _apart(stated: Any, said: Any, path: str) -> Unlike:
    """Places where two JSON values differ. A list is a whole: an order of three lines is none of four."""
    if isinstance(stated, Mapping) and isinstance(said, Mapping):
        for name, value in stated.items():
            yield from _apart(value, said.get(name), f"{path}.{name}")
    elif isinstance(stated, list) and isinstance(said, list | tuple) and len(stated) == len(said):
        for index, (one, other) in enumerate(zip(stated, said, strict=True)):
            yield from _apart(one, other, f"{path}[{index}]")
    elif stated != said or isinstance(stated, bool) is not isinstance(said, bool):
        yield path, stated, said


def _overlaid(under: Any, over: Any) -> Any:
    """``over`` laid on ``under``: what it states covers, what it leaves open shows through."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        merged = dict(under)
        for name, value in over.items():
            merged[name] = _overlaid(under.get(name), value)
        return merged
    if isinstance(under, list | tuple) and isinstance(over, list) and len(under) == len(over):
        return [_overlaid(one, other) for one, other in zip(under, over, strict=True)]
    return copy(over)


def _unlike(stated: Any, said: Any, path: str) -> Unlike:
    """Places where two shaped values differ."""
    if stated == said:
        return
    shape, alike = _shape_of(stated), type(stated) is type(said)
    if shape is not None and alike:
        for each in members(shape):
            yield from _unlike(getattr(stated, each.name), getattr(said, each.name), f"{path}.{each.json}")
    elif isinstance(stated, tuple) and isinstance(said, tuple) and len(stated) == len(said):
        for index, (one, other) in enumerate(zip(stated, said, strict=True)):
            yield from _unlike(one, other, f"{path}[{index}]")
    else:
        yield path, stated, said


def _shape_of(value: Any) -> type | None:
    """The shape of a value that has members; money and quantities are wholes."""
    kind: type = type(value)
    return kind if is_dataclass(value) and not hasattr(value, "to_json") else None
