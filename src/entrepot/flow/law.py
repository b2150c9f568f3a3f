"""What the economies on both sides ask: the rule packs, put to one record."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.record import Record
from entrepot.flow.assess import Checked
from entrepot.flow.office import Office


def check_law(office: Office, record: Record, payload: Any) -> list[Checked]:
    """The questions of law that this record raises, each with its answer, sources and what is unknown."""
    del office, record, payload
    return []


def pack_versions(office: Office) -> Mapping[str, str]:
    """The rule packs in use, by topic, with their digests."""
    del office
    return {}
