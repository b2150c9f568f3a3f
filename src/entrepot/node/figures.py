"""The figures that this node publishes now: monthly; at once where all of it is invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from entrepot.flow.measured import measured, release
from entrepot.node.community import community_of
from entrepot.node.running import office
from entrepot.statistic.publication import Publication


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published, by economy; ``until``: counts received before that moment are in it."""

    until: datetime
    economies: Mapping[str, Publication]


def figures() -> Figures:
    """What is published now. A node to try shows its invented counts as they come."""
    here = office()
    now = here.clock()
    until = release(now)
    if community_of(settings.CONFIG) is not None:
        until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Figures(until, measured(here, until))
