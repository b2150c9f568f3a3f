"""What a person has not read of what she was told."""

from entrepot.node.account.acting import Acting
from entrepot.node.notice.models import Notice
from entrepot.node.running import office


def unread(acting: Acting) -> int:
    """How many notices of the person for the party are not read yet."""
    if not acting.party:
        return 0
    return Notice.objects.filter(person=acting.person, party=acting.party, read=None).count()


def mark_read(acting: Acting, sale: str = "", *, kind: str = "") -> None:
    """Whoever opened the sale has read what is told of it (of one ``kind``); without a sale, everything."""
    told = Notice.objects.filter(person=acting.person, party=acting.party, read=None)
    told = told.filter(sale=sale) if sale else told
    told = told.filter(kind=kind) if kind else told
    if told.exists():  # most pages need not write
        told.update(read=office().clock())
