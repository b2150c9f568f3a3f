"""Who acts for a party: its owners invite, change and take back; anybody may leave. One owner always stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entrepot.node.access.models import Role
from entrepot.node.account import letter
from entrepot.node.account.acting import OWNERS, PARTY, READERS, acting_of, me, name_of, note
from entrepot.node.account.lettercode import INVITATION, OPENED, digest_in, new_code
from entrepot.node.account.models import Deed, Invitation, Membership, Person
from entrepot.node.page.account.forms import email_entry, email_of
from entrepot.node.page.account.opening import letter_text
from entrepot.node.page.account.sign_up import make_account
from entrepot.node.page.answer import Page, error_page, form_page, onward, page
from entrepot.node.page.entrance import acting_for, sign_in_page, signed_in
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import kept_draft, let_go, typed_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.running import office

ROLES = {
    Role.OWNER: gettext_noop("owner: signs, and says who acts for the business"),
    Role.CLERK: gettext_noop("clerk: signs"),
    Role.VIEWER: gettext_noop("viewer: reads"),
}
DEEDS = {
    "joined": gettext_noop("made an account"),
    "signed-in": gettext_noop("signed in"),
    "password-reset": gettext_noop("chose a new password by letter"),
    "password-changed": gettext_noop("changed the password"),
    "session-ended": gettext_noop("ended a session"),
    "sessions-ended": gettext_noop("signed out everywhere"),
    "sessions-ended-by-operator": gettext_noop("was signed out by the operator of the node"),
    "codes-dropped-by-operator": gettext_noop("gets codes by letter, since the app is lost"),
    "factor-changed": gettext_noop("changed how codes come"),
    "passkey-added": gettext_noop("added a passkey"),
    "passkey-removed": gettext_noop("removed a passkey"),
    "business-registered": gettext_noop("registered the business"),
    "claimed-by-token": gettext_noop("began to act for the business with an owner's token"),
    "became-operator": gettext_noop("began to look after the node with its operator's token"),
    "invited": gettext_noop("invited somebody"),
    "invitation-closed": gettext_noop("took an invitation back"),
    "member-joined": gettext_noop("began to act for the business"),
    "member-left": gettext_noop("left the business"),
    "member-removed": gettext_noop("ended that somebody acts for the business"),
    "signed": gettext_noop("signed a record"),
    "decided": gettext_noop("decided a case"),
    "erased": gettext_noop("erased a message"),
}
"""What a person may have done -> the words for it."""
LAST = gettext_noop("You are the only owner. Invite another owner first, then you can leave.")
INVITATION_LIVES = timedelta(days=7)
DEEDS_SHOWN = 200


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def people(request: HttpRequest) -> HttpResponseBase:
    """Who acts for the party; for its owners also the form that invites somebody."""
    acting = me(request)
    entries = [email_entry(), _role_entry()]
    if request.method == "POST":
        if not acting.may_rule:
            return error_page(request, 403)
        if examine(entries, request.POST.dict()):
            email = email_of(entries[0].value)
            if email:
                _invite(request, email, Role(entries[1].value))
                let_go(acting.person, request.path_info)
                return onward(request, "/people")
            entries[0].problems.append(gettext("This is no e-mail address."))
    else:
        fill_in(entries, typed_in(request) or kept_draft(acting.person, request.path_info))
    return _list(request, entries)


def _role_entry() -> Entry:
    options = tuple((str(role), gettext(words)) for role, words in ROLES.items())
    return Entry(name="role", label=gettext("Role"), kind="select", options=options, value=str(Role.CLERK))


def _list(request: HttpRequest, entries: list[Entry]) -> Page:
    acting = me(request)
    held = Membership.objects.filter(party=acting.party, ended=None).select_related("person").order_by("pk")
    asked = Invitation.objects.filter(party=acting.party, closed=None, expires__gt=office().clock()).order_by("pk")
    return page(
        request,
        "account/people.html",
        status=422 if any(each.is_wrong for each in entries) else 200,
        members=[(each, gettext(ROLES[Role(each.role)])) for each in held],
        invitations=[(each, gettext(ROLES[Role(each.role)])) for each in asked] if acting.may_rule else [],
        entries=entries,
    )


def _invite(request: HttpRequest, email: str, role: Role) -> None:
    acting, code, now = me(request), new_code(), office().clock()
    values = {"digest": digest_in(code), "invited_by": acting.person, "expires": now + INVITATION_LIVES}
    with transaction.atomic():
        same = Invitation.objects.filter(party=acting.party, email=email, role=role, closed=None, expires__gt=now)
        if same.exists():  # sent twice: one letter is enough
            return
        Invitation.objects.create(party=acting.party, role=role, email=email, **values)
    note(acting.person, "invited", party=acting.party, about=f"{email} {role}")
    body = gettext("%(name)s invites you to act for %(business)s. Follow this link within a week: %(link)s")
    text = letter_text(request, body, code, name=acting.person.name, business=acting.name)
    letter.send(email, gettext("An invitation at Entrepot"), text)


@require_POST
@acting_for(OWNERS)
def close_invitation(request: HttpRequest, invitation: int) -> HttpResponseBase:
    """Take an invitation back."""
    acting = me(request)
    found = Invitation.objects.filter(pk=invitation, party=acting.party)
    if not found.exists():
        return error_page(request, 404)
    if found.filter(closed=None).update(closed=office().clock()):
        note(acting.person, "invitation-closed", party=acting.party, about=found[0].email)
    return onward(request, "/people")


@require_http_methods(["GET", "POST"])
@acting_for(READERS)
def end_membership(request: HttpRequest, membership: int) -> HttpResponseBase:
    """Leave, or (for owners) end that somebody else acts for the party; asked first, as no button brings it back."""
    acting = me(request)
    with transaction.atomic():
        found = Membership.objects.filter(pk=membership, party=acting.party, ended=None).first()
        if found is None:
            return error_page(request, 404)
        if found.person != acting.person and not acting.may_rule:
            return error_page(request, 403)
        if _is_last_owner(found):
            return form_page(
                request,
                status=409 if request.method == "POST" else 200,
                title=gettext("Leave the business"),
                lead=gettext(LAST),
                method="none",
            )
        if request.method == "GET":
            return _ask_to_end(request, found)
        found.ended = office().clock()
        found.save(update_fields=["ended"])
    is_own = found.person == acting.person
    note(acting.person, "member-left" if is_own else "member-removed", party=acting.party, about=found.person.email)
    return onward(request, "/businesses" if is_own else "/people")


def _is_last_owner(held: Membership) -> bool:
    others = Membership.objects.filter(party=held.party, ended=None, role=Role.OWNER).exclude(pk=held.pk)
    return held.role == Role.OWNER and not others.exists()


def _ask_to_end(request: HttpRequest, held: Membership) -> Page:
    acting = me(request)
    is_own = held.person == acting.person
    words = gettext("Leave the business") if is_own else gettext("End this")
    lead = acting.name if is_own else f"{held.person.name} · {held.person.email}"
    return form_page(request, title=words, lead=lead, button=words)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponseBase:
    """Whoever gave the code of the letter accepts: signed in with its address, or with an account that is made here."""
    digest = request.session.get(OPENED, "")
    found = Invitation.objects.filter(digest=digest, closed=None, expires__gt=office().clock()).first()
    if found is None:
        return onward(request, "/letter")
    acting, known = acting_of(request), Person.objects.filter(email=found.email).first()
    if acting is not None and acting.person == known:
        return _join(request, found, acting.person)
    if known is not None:
        return sign_in_page(request, aim=INVITATION)
    title = gettext("Act for %(business)s") % {"business": name_of(found.party)}
    return make_account(request, found.email, title=title, aim=INVITATION)


def _join(request: HttpRequest, found: Invitation, person: Person) -> HttpResponseBase:
    if request.method == "GET":
        words = gettext("%(name)s invites you to act for %(business)s.")
        lead = words % {"name": found.invited_by.name, "business": name_of(found.party)}
        return form_page(request, title=gettext("An invitation"), lead=lead, button=gettext("Accept"))
    now = office().clock()
    with transaction.atomic():
        if Invitation.objects.filter(pk=found.pk, closed=None).update(closed=now):
            _give_role(person, found, now)
            note(person, "member-joined", party=found.party, about=str(found.role))
    del request.session[OPENED]
    request.session[PARTY] = found.party
    return onward(request, "/sales")


def _give_role(person: Person, found: Invitation, now: datetime) -> None:
    """The role of the invitation, also to whoever had another one; the last owner stays one."""
    held, is_new = Membership.objects.get_or_create(
        person=person, party=found.party, ended=None, defaults={"role": found.role, "since": now}
    )
    if not is_new and not _is_last_owner(held):
        held.role = found.role
        held.save(update_fields=["role"])


@require_safe
@acting_for(OWNERS)
def audit(request: HttpRequest) -> HttpResponseBase:
    """Who did what for the party, newest first."""
    return deeds_page(request, Deed.objects.filter(party=me(request).party), gettext("Who did what"))


@require_safe
@signed_in
def own_audit(request: HttpRequest) -> HttpResponseBase:
    """What was done with one's own account, newest first."""
    return deeds_page(request, Deed.objects.filter(person=me(request).person), gettext("What you did"))


def deeds_page(request: HttpRequest, found: QuerySet[Deed], title: str) -> Page:
    """The newest of the deeds that were found."""
    newest = found.select_related("person").order_by("-pk")[:DEEDS_SHOWN]
    lines = [(each, gettext(DEEDS[each.what])) for each in newest]
    return page(request, "account/audit.html", title=title, lines=lines)
