"""What a registrar's decision does to the register; each is harmless when repeated."""

from entrepot.document.control import answer
from entrepot.flow.registrar import Application, Registrar, challenge, change, register
from entrepot.node.page.desk.desk import Carried, Ruling
from entrepot.node.page.desk.registrar.case import entry_of, request_of
from entrepot.node.register import desk_of
from entrepot.node.running import office, station


def entered(ruling: Ruling) -> Carried:
    """The business is registered. It is challenged, and answers with the key that this node holds for it, as its
    signed request asks."""
    found = request_of(ruling.acting, ruling.case.id)
    assert found is not None, "a case is a request to the party"
    record, said = found
    entry = entry_of(ruling.acting, record, said)
    if entry is not None and entry.state != "revoked":
        return Carried()
    who, desk = office().custody.signatory(record.content.issuer), _desk(ruling)
    assert who is not None, "it is offered where the node holds the key"
    asked = challenge(desk, who.did)
    answered = answer(asked, who.key, method_id=who.method, now=office().clock())
    application = Application(
        did=who.did, name=said.name, economy=said.economy, scheme=said.scheme, number=said.identifier
    )
    done = register(desk, application, answered)
    return Carried(findings=() if done.entry else done.findings)


def suspended(ruling: Ruling) -> Carried:
    """The status list says from now on that the entry is suspended."""
    return _changed(ruling, "suspend")


def reinstated(ruling: Ruling) -> Carried:
    """The status list says so no longer."""
    return _changed(ruling, "reinstate")


def _changed(ruling: Ruling, act: str) -> Carried:
    found = request_of(ruling.acting, ruling.case.id)
    entry = entry_of(ruling.acting, *found) if found else None
    assert entry is not None, "it is offered where there is an entry"
    change(_desk(ruling), entry.id, act)
    return Carried()


def _desk(ruling: Ruling) -> Registrar:
    desk = desk_of(station(), ruling.acting.party)
    assert desk is not None, "whoever decides here signs with a key of this node"
    return desk
