"""The photographs of the running node: where they lie, and how those are forgotten that nobody names."""

from django.conf import settings
from django.core.cache import cache

from entrepot.flow.offerview import OFFER_VIEW
from entrepot.node.picture import FOLDER, SPARED, Album
from entrepot.node.running import office

SWEPT_S = 3600
"""Seconds between two sweeps."""


def album() -> Album:
    """The pictures of this node."""
    return Album(settings.CONFIG.data / FOLDER)


def sweep() -> int:
    """Forget pictures that no offer names and no draft can be waiting for; how many. At most once in an hour."""
    if not cache.add("pictures-swept", "swept", timeout=SWEPT_S):
        return 0
    return forget_unnamed()


def forget_unnamed() -> int:
    """Forget pictures that no offer names (any more: it was erased) and that are older than :data:`SPARED`."""
    before = (office().clock() - SPARED).timestamp()
    view = office().journal.view(OFFER_VIEW)
    idle = [each for each in album().digests(before=before) if not any(True for _ in view.scan(f"picture/{each}/"))]
    for each in idle:
        album().drop(each)
    return len(idle)
