"""Every POST that changes something does it once per key, however often and however simultaneously it is sent."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from rig import paper

VC_API = {f"/api/v1/credentials/{each}" for each in ("issue", "derive", "status", "verify")}
KEYLESS = {f"/api/v1/{each}" for each in ("records/check", "records/prepare", "documents/verify")}
KEYLESS |= {"/api/v1/presentations/verify", "/api/v1/imports", "/api/v1/pictures"} | VC_API
"""They change nothing; an import knows each row by its number and content, a picture is known by its own; of the VC
API, whose clients know no keys, issuing again is harmless and a status set again is set."""


def posts():
    from entrepot.node.api import api

    return {path: each["post"] for path, each in api.get_openapi_schema()["paths"].items() if "post" in each}


def test_the_description_asks_every_changing_post_for_a_key(node):
    asking = {
        path
        for path, operation in posts().items()
        if any(each["name"] == "Idempotency-Key" and each["required"] for each in operation["parameters"])
    }
    assert asking == posts().keys() - KEYLESS


class Acts:
    """For each POST: who sends it, where, a body, and another body that is fine too (None: it takes none)."""

    def __init__(self, node):
        self.node = node
        self.buyer, self.owner = node.trader(), node.trader("owner")
        self.seller = node.party()
        self.names = iter(range(1000))

    def make(self, path):
        operator, party = self.node.operator, self.buyer.party
        if path == "/api/v1/records":
            return self.buyer, path, paper.order(party, self.seller), paper.order(party, self.seller)
        if path in ("/api/v1/tokens", "/api/v1/operator/tokens"):
            who = self.owner if path == "/api/v1/tokens" else operator
            more = {} if path == "/api/v1/tokens" else {"party": party}
            bodies = [{"role": role, "label": "once", **more} for role in ("viewer", "clerk")]
            return who, path, *bodies
        if path == "/api/v1/operator/parties":
            return operator, path, *({"name": f"once-{next(self.names)}"} for _ in range(2))
        if path.endswith("/revoke"):
            who = self.owner if path.startswith("/api/v1/tokens") else operator
            self.node.token(self.owner.party, "viewer")
            token = operator.get("/api/v1/operator/tokens").json[-1]["id"]
            return who, path.replace("{token}", str(token)), {}, None
        if path.endswith("/erasures"):
            spares = (
                self.node.token(self.owner.party, "clerk").issue(paper.private(self.owner.party, self.seller))
                for _ in "12"
            )
            more = {"reason": "once", "accept": paper.ACCEPT}
            return self.owner, path, *({"record": each.json["id"], **more} for each in spares)
        if "/holds" in path:
            return self._hold(operator if "/operator/" in path else self.owner, path)
        if path.endswith("/agencies"):
            return operator, path, *({"party": self.seller, "desk": each} for each in ("chamber", "customs"))
        if path.endswith("/challenges"):
            return self.buyer, path, {"did": self.seller}, {"did": self.owner.party}
        if path.endswith("/announce"):
            return operator, path, {}, None
        return None

    def _hold(self, who, path):
        clerk = self.node.token(self.owner.party, "clerk")
        sale = clerk.issue(paper.order(self.owner.party, self.seller)).json["id"]
        bodies = [{**paper.SAID, "instrument": each, "sale": sale} for each in ("Order 1", "Order 2")]
        if path.endswith("/holds"):
            return who, path, *bodies
        hold = who.post(path.removesuffix("/{hold}/lift"), bodies[0]).json["record"]
        return who, path.replace("{hold}", hold), paper.SAID, None


@pytest.fixture(scope="module")
def acts(node):
    return Acts(node)


PATHS = [
    "/api/v1/records",
    "/api/v1/erasures",
    "/api/v1/holds",
    "/api/v1/holds/{hold}/lift",
    "/api/v1/operator/holds",
    "/api/v1/operator/holds/{hold}/lift",
    "/api/v1/tokens",
    "/api/v1/tokens/{token}/revoke",
    "/api/v1/registrar/challenges",
    "/api/v1/operator/tokens",
    "/api/v1/operator/tokens/{token}/revoke",
    "/api/v1/operator/parties",
    "/api/v1/operator/agencies",
    "/api/v1/operator/peers/announce",
]
WITH_PEERS = {
    "/api/v1/operator/peers/invite",
    "/api/v1/operator/peers/accept",
    "/api/v1/operator/peers/block",
    "/api/v1/operator/undeliverable/{message}/requeue",
    "/api/v1/operator/recovery/waive",
}
"""They need another node: see test_peers.py."""
WITH_A_SIGNATURE = {
    "/api/v1/records/signed",
    "/api/v1/registrar/registrations",
    "/api/v1/registrar/registrations/{entry}/{act}",
}
"""They need what a party signs itself: see test_own_keys.py and test_registrar_door.py."""


def test_every_changing_post_is_tried(node):
    assert set(PATHS) | WITH_PEERS | WITH_A_SIGNATURE == posts().keys() - KEYLESS


def told(answer):
    """The answer without what says that it is a repetition, and without a promise, which is signed anew."""
    return {name: value for name, value in answer.json.items() if name not in ("replayed", "promise")}


def same(one, other):
    return one.json == other.json if isinstance(one.json, list) else told(one) == told(other)


@pytest.mark.parametrize("path", PATHS)
def test_twice_is_once(acts, path):
    who, path, body, _ = acts.make(path)
    first, second = (who.post(path, body, f"twice-{path}") for _ in range(2))
    assert (first.status, second.status) == (200, 200), first.body
    assert same(first, second)


@pytest.mark.parametrize("path", PATHS)
def test_eight_at_once_are_one(acts, path):
    """Those that come while the first is at work are told to wait; asked again they get its answer."""
    who, path, body, _ = acts.make(path)

    def send(_):
        until = time.monotonic() + 60
        while (answer := who.post(path, body, f"eight-{path}")).status == 409 and time.monotonic() < until:
            assert (answer.code, answer.headers["Retry-After"]) == ("in-flight", "1")
            time.sleep(0.05)
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {each.status for each in answers} == {200}, [each.body for each in answers]
    assert all(same(answers[0], each) for each in answers)


@pytest.mark.parametrize("path", [each for each in PATHS if "{" not in each and "announce" not in each])
def test_a_key_stands_for_one_request(acts, path):
    who, path, body, other = acts.make(path)
    assert who.post(path, body, f"other-{path}").status == 200
    answer = who.post(path, other, f"other-{path}")
    assert (answer.status, answer.code) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", [None, " ", "k" * 101, "sp ace", "é"])
def test_without_a_key_nothing_is_done(acts, path, key):
    who, path, body, _ = acts.make(path)
    answer = who.post(path, body, None, headers={} if key is None else {"Idempotency-Key": key})
    assert (answer.status, answer.code) == (400, "idempotency-key")


def test_the_keys_of_two_tokens_are_apart(acts):
    node, party = acts.node, acts.buyer.party
    other = node.token(party, "clerk")
    first = acts.buyer.issue(paper.order(party, acts.seller), "mine")
    second = other.issue(paper.order(party, acts.seller), "mine")
    assert (first.status, second.status) == (200, 200)
    assert first.json["id"] != second.json["id"]


def test_the_order_of_members_does_not_make_another_request(acts):
    draft = paper.order(acts.buyer.party, acts.seller)
    turned = dict(reversed(draft.items()))
    first, second = acts.buyer.issue(draft, "turned"), acts.buyer.issue(turned, "turned")
    assert second.status == 200
    assert first.json["id"] == second.json["id"]


def test_a_retry_after_a_restart_gets_the_stored_record(acts):
    draft = paper.order(acts.buyer.party, acts.seller)
    first = acts.buyer.issue(draft, "restart")
    acts.node.restart()
    second = acts.buyer.issue(draft, "restart")
    assert (second.status, second.json["id"], second.json["replayed"]) == (200, first.json["id"], True)
    assert acts.buyer.issue(paper.order(acts.buyer.party, acts.seller), "restart").status == 409


def test_what_was_refused_binds_no_key(acts):
    draft = paper.order(acts.buyer.party, acts.seller)
    wrong = {**draft, "payload": {**draft["payload"], "currency": "XXX1"}}
    assert acts.buyer.issue(wrong, "mended").status == 422
    assert acts.buyer.issue(draft, "mended").status == 200


def test_one_number_of_one_issuer_is_used_once_even_at_once(acts):
    """Different requests with the same business number: one is issued, the others are told."""
    name = paper.number("RACE")

    def send(_):
        return acts.buyer.issue(paper.order(acts.buyer.party, acts.seller, name=name))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert sorted(each.status for each in answers) == [200] + [422] * 7
    assert all("ENT-CORE-NUMBER-01" in each.found for each in answers if each.status == 422)


def test_a_request_in_flight_is_not_done_again(acts, monkeypatch):
    from entrepot.node.api import record

    inner, seen = record.issue, []

    def slow(*args, **more):
        seen.append(acts.buyer.issue(draft, "flight"))
        return inner(*args, **more)

    draft = paper.order(acts.buyer.party, acts.seller)
    monkeypatch.setattr(record, "issue", slow)
    assert acts.buyer.issue(draft, "flight").status == 200
    assert [(each.status, each.code, each.headers["Retry-After"]) for each in seen] == [(409, "in-flight", "1")]
