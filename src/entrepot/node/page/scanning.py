"""Files that come by a page are looked at by the node's scanner, where it has one, before anything of them is kept."""

from dataclasses import dataclass

from django.utils.translation import gettext

from entrepot.flow.error import ScannerAway
from entrepot.flow.scan import found_in
from entrepot.node.page.sale.telling import say
from entrepot.node.running import office


@dataclass(frozen=True, slots=True)
class Look:
    """What speaks against keeping a file, in the reader's language; ``unscanned``: it could not be looked at."""

    problem: str = ""
    unscanned: bool = False


def look_at(body: bytes) -> Look:
    """What a file holds, as far as the scanner knows."""
    try:
        found = found_in(office(), body)
    except ScannerAway:
        words = gettext(
            "Files cannot be looked at now, and none is taken. Try again later, and tell the operator of this node."
        )
        return Look(words, unscanned=True)
    return Look(" ".join(say(each)[0] for each in found))
