"""The first page: what this is, what a visitor can do here, and the community's map."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.node.account.models import Person
from entrepot.node.page.answer import page
from entrepot.node.page.atlas import tiles
from entrepot.node.page.language import language_of
from entrepot.node.page.trial import trials


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is here for whoever comes by."""
    is_empty = not Person.objects.exists()
    first = request.GET.get("try", "")
    drawn = tiles(language_of(request))
    return page(request, "home.html", tiles=drawn, is_empty=is_empty, trials=trials(first), first=first)
