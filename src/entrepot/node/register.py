"""The registers of a node's parties: the desk of each, and where its anchors and status lists are published."""

import json
import secrets
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.document.identity_anchor import link_set
from entrepot.flow.register_folder import RegisterFolder
from entrepot.flow.registrar import PURPOSES, Registrar, status_lists
from entrepot.node.problem import problem
from entrepot.node.running import station
from entrepot.node.station import Station
from entrepot.party.folder import party_id

TOKEN_TYPE = "application/vc+jwt"  # noqa: S105 - a media type


def desk_of(running: Station, did: str) -> Registrar | None:
    """The desk of a hosted party; None where this node does not hold its key."""
    office, name = running.office, running.keys.names().get(did)
    signatory = office.custody.signatory(did)
    if signatory is None or name is None:
        return None
    return Registrar(
        signatory=signatory,
        name=name,
        url=f"{running.config.url}/parties/{name}",
        register=RegisterFolder(running.config.data, party_id(did), now=office.clock()),
        resolver=office.resolver,
        clock=office.clock,
        entropy=secrets.token_bytes,
        anchors=office.anchors,
    )


@require_GET
def anchor(request: HttpRequest, name: str, entry: str) -> HttpResponse:
    """An identity anchor that a hosted registrar issued. What has become of it is for its status lists to say."""
    desk = _named(name)
    found = next((each for each in desk.register.entries() if each.id == entry), None) if desk is not None else None
    if found is None:
        return problem(404, "not-found")
    return HttpResponse(found.anchor, content_type=TOKEN_TYPE)


@require_GET
def status_list(request: HttpRequest, name: str, purpose: str) -> HttpResponse:
    """A status list of a hosted registrar."""
    desk = _named(name)
    if desk is None or purpose not in PURPOSES or desk.register.status_list(purpose) is None:
        return problem(404, "not-found")
    return HttpResponse(status_lists(desk)[purpose], content_type=TOKEN_TYPE)


@require_GET
def links(request: HttpRequest, name: str, number: str) -> HttpResponse:
    """The link set (RFC 9264) of a business number in the register of a hosted party: it leads to its anchors."""
    desk = _named(name)
    entries = desk.register.entries() if desk is not None else ()
    found = [each.id for each in entries if each.application.number == number and each.state != "revoked"]
    if desk is None or not found:
        return problem(404, "not-found")
    body = link_set(f"{desk.url}/numbers/{quote(number)}", [f"{desk.url}/anchors/{each}" for each in found])
    return HttpResponse(json.dumps(body), content_type="application/linkset+json")


def _named(name: str) -> Registrar | None:
    held = station().keys.named(name)
    return None if held is None else desk_of(station(), held.did)
