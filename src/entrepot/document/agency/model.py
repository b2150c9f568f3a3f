"""The shapes of what agencies say, and of what is brought before them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from entrepot.base.shape import Code, Did, Economy, Length, Name, Note
from entrepot.document.trade import RecordReference

APPOINTMENT, DECISION = "agency-appointment", "agency-decision"
COMPLAINT, REQUEST = "complaint", "registration-request"
HIDE, SHOW = "hide", "show"
"""Outcomes by which an overseer takes an offer out of the lists of its node, and puts it back."""


class Grounds(StrEnum):
    """Why somebody complains about an offer."""

    COUNTERFEIT = "counterfeit"
    UNSAFE = "unsafe"
    MISLEADING = "misleading"
    FORBIDDEN = "forbidden"
    FRAUD = "fraud"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyAppointment:
    """Kind ``agency-appointment``, version 1: a node says that ``agency`` keeps its ``desk`` from now on, or, where it
    is ``ended``, no longer does. ``name``, ``economy``: of the agency, as it calls itself there."""

    desk: Code
    agency: Did
    ended: bool = False
    name: Name | None = None
    economy: Economy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Kind ``complaint``, version 1: somebody objects to an offer that is shown to everybody.

    Its issuer is whoever objects, or the node that was told by a visitor without an account. ``reply_to``: where that
    visitor says to be reached; nobody has checked it.
    """

    number: Code
    issue_date: date
    offer: RecordReference
    grounds: Grounds
    text: Note
    reply_to: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequest:
    """Kind ``registration-request``, version 1: its issuer asks ``registrar`` to say that it has the number
    ``identifier`` of ``scheme`` in ``economy``."""

    number: Code
    issue_date: date
    registrar: Did
    name: Name
    economy: Economy
    scheme: Annotated[str, Length(1, 40)]
    identifier: Annotated[str, Length(1, 70)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyDecision:
    """Kind ``agency-decision``, version 1: an agency decides a case of its ``desk``.

    ``about``: the record that opened the case first, then others that it concerns. ``outcome``: the desk's word for
    what was decided. ``decided_by``: the natural person who decided. ``carried_out``: the record that does what was
    decided, where there is one (a certificate of origin, a count).
    """

    number: Code
    issue_date: date
    desk: Code
    about: Annotated[tuple[RecordReference, ...], Length(1, 20)]
    outcome: Code
    reasons: Note
    decided_by: Name
    carried_out: RecordReference | None = None
