"""The messages of a sale as one thread, with the form that answers."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from entrepot.flow.reading import has_sale
from entrepot.flow.thread import thread
from entrepot.node.account.acting import READERS, me
from entrepot.node.notice.unread import mark_read
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import fill_in
from entrepot.node.page.kept import kept_draft
from entrepot.node.page.once import KEY, new_key
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.enclosing import file_entry, show_kept
from entrepot.node.page.sale.erasing import may_erase
from entrepot.node.page.sale.message import message_entries
from entrepot.node.page.sale.timeline import step_of
from entrepot.node.running import office
from entrepot.sale.message import MESSAGE


@require_safe
@acting_for(READERS)
def sale_messages(request: HttpRequest, sale: str) -> HttpResponseBase:
    """What the parties of the sale wrote to each other, as far as it is for the reader."""
    here, acting = office(), me(request)
    if not has_sale(here.journal, sale, acting.readers):
        return error_page(request, 404)
    mark_read(acting, sale, kind=MESSAGE)
    deal = deal_of(sale, acting.readers)
    typed = kept_draft(acting.person, f"/sales/{sale}/message")
    entries = message_entries(Context(acting=acting, today=here.clock().date(), deal=deal))
    fill_in(entries, typed)
    entries.append(file_entry())
    show_kept(entries[-1], acting.person, typed)
    lines = thread(here.journal, sale, acting.readers, custodies=here.custodies())
    return page(
        request,
        "sale/messages.html",
        deal=deal,
        steps=[step_of(each, {"standings": {}}, deal, acting) for each in lines],
        erasable=[each["id"] for each in lines if each.get("issuer") == acting.party] if may_erase(acting) else [],
        entries=entries if acting.may_write and entries[1].options else [],
        hidden=[(KEY, typed.get(KEY) or new_key())],
        script="send.js",
    )
