"""The errors of packs, cases and questions, by their stable names."""

from entrepot.base.finding import Finding, Severity

NO_SOURCE = "RULE-NO-SOURCE"
OVERLAP = "RULE-OVERLAP"
GAP = "RULE-GAP"
FACT_MISSING = "FACT-MISSING"
FACT_WRONG = "FACT-WRONG"
STALE = "PACK-STALE"
CASE_FAILED = "CASE-FAILED"
NO_REASONS = "JUDGEMENT-NO-REASONS"
UNCONFIRMED = "RULE-UNCONFIRMED"
PACK_WRONG = "PACK-WRONG"
SOURCE = "Entrepot rule pack, format 1"


def problem(
    id_: str, message: str, *, path: str = "$", remedy: str = "", severity: Severity = Severity.BLOCKING, **params: str
) -> Finding:
    """A finding with one of this module's names as its id."""
    return Finding(id=id_, severity=severity, path=path, message=message, params=params, source=SOURCE, remedy=remedy)
