"""Making what was planned: each row once, however often it is asked for."""

from dataclasses import replace

from entrepot.flow.bulk.plan import Fate, Planned, told
from entrepot.flow.issue import issue
from entrepot.flow.office import Office
from entrepot.journal.port import Outcome


def make(office: Office, planned: Planned) -> Planned:
    """Issue what is ready; what was made meanwhile is known, and what is wrong stays as it is.

    Raises what :func:`~entrepot.flow.issue.issue` raises: what was made before stays made, and is known the next time.
    """
    if planned.fate is not Fate.READY or planned.draft is None or planned.key is None:
        return planned
    done = issue(office, planned.draft, idempotency=planned.key)
    if done.record is not None and done.appended is not None and done.appended.outcome is Outcome.APPENDED:
        return replace(planned, fate=Fate.MADE, record=done.appended.record_id)
    known = office.journal.replayed(planned.key)
    if known is not None:  # the same row was sent twice, and the other was first
        return replace(planned, fate=Fate.KNOWN, record=known.record_id)
    return told(planned, done.findings)
