"""The one station of this process, for views that have no other way to it."""

from entrepot.flow.office import Office
from entrepot.node.error import NotRunning
from entrepot.node.station import Station

_running: list[Station] = []


def start(station: Station) -> None:
    """Make ``station`` the one that this process serves."""
    _running.append(station)


def stop() -> None:
    """Close it, if there is one."""
    while _running:
        _running.pop().close()


def station() -> Station:
    """The running station; raises :class:`NotRunning` where there is none."""
    if not _running:
        raise NotRunning("the node is not running", remedy="Try again in a moment.")
    return _running[-1]


def office() -> Office:
    """The running station's office."""
    return station().office
