"""What is demanded of decisions of agencies and of what is brought before them."""

from entrepot.base.finding import Finding
from entrepot.document.agency.model import AgencyDecision, Complaint, RegistrationRequest
from entrepot.document.demand import Demand, Findings
from entrepot.document.parts import Economies

_SOURCE = "Entrepot agency decision 1"
NO_REASONS = Demand("ENT-CORE-AGENCY-01", "A decision without reasons.", "Say why.", _SOURCE)
NOBODY = Demand("ENT-CORE-AGENCY-02", "Nobody in particular decided.", "Name the person.", _SOURCE)
EMPTY = Demand("ENT-CORE-AGENCY-03", "Nothing is said about the offer.", "Say what is wrong with it.", _SOURCE)
UNKNOWN_ECONOMY = Demand(
    "ENT-CORE-AGENCY-04", "Nothing is known here of the economy {economy}.", "Use its ISO 3166-1 code.", _SOURCE
)
DEMANDS = (NO_REASONS, NOBODY, EMPTY, UNKNOWN_ECONOMY)


def check_decision(decision: AgencyDecision, *, economies: Economies = None) -> tuple[Finding, ...]:
    """Somebody in particular decides, and says why."""
    del economies
    return tuple(_check_decision(decision))


def check_complaint(complaint: Complaint, *, economies: Economies = None) -> tuple[Finding, ...]:
    """It says what is wrong."""
    del economies
    return () if complaint.text.strip() else (EMPTY.broken("$.text"),)


def check_request(request: RegistrationRequest, *, economies: Economies = None) -> tuple[Finding, ...]:
    """The economy is known; whether the number is one of its scheme, the registrar's desk checks."""
    if economies is None or request.economy in economies:
        return ()
    return (UNKNOWN_ECONOMY.broken("$.economy", economy=request.economy),)


def _check_decision(decision: AgencyDecision) -> Findings:
    if not decision.reasons.strip():
        yield NO_REASONS.broken("$.reasons")
    if not decision.decided_by.strip():
        yield NOBODY.broken("$.decidedBy")
