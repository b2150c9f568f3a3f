"""Who may come in: signed in, acting for a party, in a role that may. What was typed survives the way to sign in."""

import json
from collections.abc import Callable, Collection
from functools import wraps

from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from entrepot.node.access.models import Role
from entrepot.node.account.acting import acting_of, me
from entrepot.node.account.sessions import is_fresh
from entrepot.node.page.answer import error_page, onward, page
from entrepot.node.page.kept import typed_in
from entrepot.node.page.language import gettext_noop

View = Callable[..., HttpResponseBase]
AIM_MOST = 1000
"""Characters of an address to which somebody is led after signing in."""
AIM = "aim"
"""Session value: where the person was on her way to when she was asked for whom she acts."""
AGAIN = gettext_noop("Sign in once more: what follows changes how you come in.")


def signed_in(view: View) -> View:
    """Only for people with an account; a form that was sent meanwhile is carried through the sign-in."""

    @wraps(view)
    def inside(request: HttpRequest, **values: str) -> HttpResponseBase:
        if acting_of(request) is not None:
            return view(request, **values)
        typed = typed_in(request)
        if typed:
            return sign_in_page(request, aim=request.path_info, kept=json.dumps(typed), status=403)
        aim = _quoted(request.get_full_path_info())
        return onward(request, f"/sign-in?next={aim if len(aim) <= AIM_MOST else _quoted(request.path_info)}")

    return inside


def freshly(aim: str) -> Callable[[View], View]:
    """As :func:`signed_in`; and whoever signed in some time ago does so once more, with all factors, and goes on to
    ``aim``: what follows changes how the person comes in."""

    def outside(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, **values: str) -> HttpResponseBase:
            if is_fresh(request):
                return view(request, **values)
            return sign_in_page(request, aim=aim, status=403, again=gettext(AGAIN))

        return signed_in(inside)

    return outside


def acting_for(roles: Collection[Role]) -> Callable[[View], View]:
    """Only for people who act for a party in one of ``roles``; whoever has chosen none is asked to."""

    def outside(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, **values: str) -> HttpResponseBase:
            acting = me(request)
            if not acting.party:
                request.session[AIM] = request.get_full_path_info()
                return onward(request, "/businesses")
            return view(request, **values) if acting.role in roles else error_page(request, 403)

        return signed_in(inside)

    return outside


def sign_in_page(
    request: HttpRequest, *, aim: str, kept: str = "", status: int = 200, **more: object
) -> HttpResponseBase:
    """The form to sign in with; ``aim``: where to go then, ``kept``: what was typed there, as JSON."""
    from entrepot.node.page.account.forms import sign_in_entries

    hidden = [("next", safe(aim)), ("kept", kept)]
    values = {"entries": sign_in_entries(), "hidden": hidden, "is_kept": bool(kept), "aim": aim}
    return page(request, "account/sign_in.html", status=status, **(values | more))


def safe(path: str) -> str:
    """``path`` where it is an address of this node; else the first page of those who are signed in."""
    is_here = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_here and "\\" not in path and len(path) <= AIM_MOST else "/sales"


def leave(request: HttpRequest, path: str) -> HttpResponseBase:
    """End the session and go on; the browser is told to forget what it kept of it (W3C Clear Site Data)."""
    logout(request)
    answer = onward(request, path)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def aimed(request: HttpRequest) -> HttpResponseBase:
    """Now that the person acts for somebody: on to where she was going."""
    return onward(request, safe(request.session.pop(AIM, "")))


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/")
