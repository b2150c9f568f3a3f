"""What agencies and those who turn to them say outside a sale: appointment, complaint, request, decision."""

from entrepot.document.agency.check import check_complaint, check_decision, check_request
from entrepot.document.agency.model import AgencyAppointment, AgencyDecision, Complaint, Grounds, RegistrationRequest

__all__ = [
    "AgencyAppointment",
    "AgencyDecision",
    "Complaint",
    "Grounds",
    "RegistrationRequest",
    "check_complaint",
    "check_decision",
    "check_request",
]
