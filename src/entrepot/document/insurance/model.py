"""The shape of a cargo insurance certificate (elements of UNVTD CargoInsuranceDocument and of the KTDDE)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.shape import Code, Economy, Length, Name, Note
from entrepot.document.trade import DocumentReference, HsCode, Packages, Place, RecordReference
from entrepot.party.party import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredGoods:
    """Goods that are insured under one description."""

    description: Note
    hs: HsCode | None = None
    packages: Packages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceCertificate:
    """Kind ``insurance-certificate``, version 1: an insurer, or the seller under its open policy, says that goods are
    insured on their way.

    ``policy``: number of the policy or open cover. ``value``: what the goods are worth; ``insured``: the sum insured.
    ``conditions``: clauses by name (``Institute Cargo Clauses (A) 1/1/09``). ``claims_payable_at``: where.
    ``credit``: number of the documentary credit under which it is presented.
    """

    number: Code
    issue_date: date
    policy: Code
    insurer: Party
    insured_party: Party
    insured: Money
    conditions: Annotated[tuple[Note, ...], Length(1, 50)]
    goods: Annotated[tuple[InsuredGoods, ...], Length(1, 1000)]
    loading: Place
    discharge: Place
    value: Money | None = None
    premium: Money | None = None
    tax: Money | None = None
    cover_from: date | None = None
    receipt: Place | None = None
    delivery: Place | None = None
    vessel: Annotated[str, Length(1, 50)] | None = None
    voyage: Annotated[str, Length(1, 50)] | None = None
    departure: date | None = None
    invoice: DocumentReference | None = None
    transport: DocumentReference | None = None
    credit: Code | None = None
    issue_place: Name | None = None
    claims_payable_at: Place | None = None
    claims_agent: Party | None = None
    governing_law: Economy | None = None
    order: RecordReference | None = None
    notes: Annotated[tuple[Note, ...], Length(0, 20)] = ()
