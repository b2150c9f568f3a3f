"""Role x operation x own or foreign: the table says who may do what, and no operation is without its row."""

import json
import tomllib
from pathlib import Path

import pytest
from rig import credential, paper
from rig.inside import Api

TABLE = Path(__file__).with_name("matrix.toml")
ROLES = ("nobody", "viewer", "clerk", "owner", "operator")
MISSING = "f" * 64
BYTES = b"what came with it"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
"""A picture of one pixel."""


def read_table():
    lines = tomllib.loads(TABLE.read_text("utf-8"))["rows"].split("\n")
    rows = [line.split() for line in lines if line.strip()]
    return {f"{row[0]} {row[1]}": dict(zip((*ROLES, "foreign", "reader"), row[2:], strict=True)) for row in rows}


ROWS = read_table()


def operations():
    from entrepot.node.api import api

    paths = api.get_openapi_schema()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_operation_has_a_row_and_every_row_an_operation(node):
    assert operations() == set(ROWS)


class Stage:
    """A sale between two parties of the node, a third party that has no part in it, and tokens of every kind."""

    def __init__(self, node):
        self.node = node
        buyer, seller, stranger = (node.party() for _ in range(3))
        self.tokens = {role: node.token(buyer, role) for role in ROLES[1:4]}
        self.foreign = {role: node.token(stranger, role) for role in ROLES[1:4]}
        self.readers = {role: node.token(seller, role) for role in ROLES[1:4]}
        self.tokens |= {"nobody": Api(), "operator": node.operator}
        revoked = node.token(buyer, "owner")
        lost = node.operator.get("/api/v1/operator/tokens").json[-1]["id"]
        assert node.operator.post(f"/api/v1/operator/tokens/{lost}/revoke").json["revoked"]
        expired = node.token(buyer, "owner", expires="2100-01-01T00:00:00Z")
        self._let_pass()
        self.powerless = {"revoked": revoked, "expired": expired, "elsewhere": Api("entrepot_" + "0" * 64)}
        draft = paper.naming(paper.order(buyer, seller), paper.file(BYTES))
        self.sale = self.tokens["clerk"].issue(draft).json["id"]
        self.buyer, self.seller, self.order_number = buyer, seller, draft["number"]
        node.station.writer.submit(lambda journal: None).result()
        while node.office.journal.receipt(self.sale) is None:
            node.station.writer.submit(lambda journal: journal.seal()).result()
        page = self.tokens["viewer"].get(f"/api/v1/records/{self.sale}").json
        self.digest = page["attachments"][0]
        self.own_token = self._token_of(buyer)
        issued = self.tokens["clerk"].post("/api/v1/credentials/issue", credential.issuing(purposes=["revocation"]))
        self.credential = issued.json["verifiableCredential"]
        self.list = self.credential["credentialStatus"]["statusListCredential"].rpartition("/")[2]
        self.spare, self.shared = (
            self.tokens["clerk"].issue(paper.private(buyer, seller)).json["id"] for _ in range(2)
        )
        hold = {**paper.SAID, "instrument": "Order 6", "sale": self.sale}
        self.hold = self.tokens["owner"].post("/api/v1/holds", hold).json["record"]

    @staticmethod
    def _let_pass():
        """The newest token's time has come since it was made."""
        from entrepot.node.access.models import Token

        Token.objects.filter(pk=Token.objects.latest("pk").pk).update(expires="2020-01-01T00:00:00Z")

    def _token_of(self, party):
        self.node.token(party, "viewer")
        return self.node.operator.get("/api/v1/operator/tokens").json[-1]["id"]

    def ask(self, operation, who, *, sale=None, own=True):
        """Do the operation with values that fit; ``sale``: another record in place of the sale's."""
        method, path = operation.split()
        token = 10**9 if sale else self.own_token
        for name, value in {
            "sale": sale or self.sale, "record_id": sale or self.sale, "kind": "order", "code": "MY",
            "offer": "0" * 64,
            "securing": "vc+jwt", "digest": self.digest, "token": token, "message": 10**9,
            "entry": "r0123456789abcdef", "act": "suspend", "hold": self.hold,
            "name": self.list,
        }.items():  # fmt: skip
            path = path.replace(f"{{{name}}}", str(value))
        if path.endswith("/consistency"):
            path += "?first=1&second=1"
        if path.endswith("/row"):
            path += "?reporter=MY"
        return who.get(path) if method == "GET" else who.post(path, self._body(operation, who, sale, own=own))

    def _body(self, operation, who, sale, *, own):
        name = operation.removeprefix("POST /api/v1/")
        if name in ("records", "records/check", "records/prepare", "records/signed"):
            party = who.party or self.buyer
            draft = paper.order(party, self.seller) if own else paper.response(sale or self.sale, self.order_number)
            draft = paper.dispute(self.sale) if party == self.seller else draft
            return paper.signed(self.node.office, draft, party) if name == "records/signed" else draft
        if name == "erasures" and who.party == self.seller:
            return {"record": self.shared, "reason": "The reader asked for it.", "accept": paper.ACCEPT}
        if name == "erasures":
            record = sale or (self.spare if own else self.sale)
            return {"record": record, "reason": "The person asked for it.", "accept": paper.ACCEPT}
        if name.endswith("holds"):
            return {**paper.SAID, "instrument": "Order 7", "record": sale or self.sale}
        if name.endswith("/lift"):
            return paper.SAID
        return {
            "documents/verify": {},
            "pictures": {"base64": DOT},
            "imports": {"kind": "offer", "name": "x.csv", "base64": "bmFtZQp4Cg=="},
            "registrar/challenges": {"did": self.seller},
            "registrar/registrations": {
                "did": self.seller,
                "name": "A firm",
                "economy": "SG",
                "scheme": "uen",
                "number": "1",
                "answer": "{}",
            },
            "credentials/issue": credential.issuing(),
            "credentials/derive": {"verifiableCredential": credential.base_proved()},
            "credentials/status": credential.revoking(sale or self.credential["id"]),
            "credentials/verify": {"verifiableCredential": credential.base_proved()},
            "presentations/verify": {"verifiablePresentation": credential.presentation()},
            "tokens": {"role": "viewer", "label": "matrix"},
            "operator/parties": {"name": "matrix"},
            "operator/agencies": {"party": self.buyer, "desk": "chamber"},
            "operator/tokens": {"role": "viewer", "label": "matrix", "party": self.buyer},
            "operator/peers/invite": {"url": "http://127.0.0.1:1"},
            "operator/peers/accept": {"node": self.node.station.keys.node.did},
            "operator/peers/block": {"node": self.node.station.keys.node.did},
            "operator/recovery/waive": {"node": self.node.station.keys.node.did, "reason": "it is gone"},
        }.get(name)


@pytest.fixture(scope="module")
def stage(node):
    return Stage(node)


@pytest.mark.parametrize("operation", ROWS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says(stage, operation, role):
    answer = stage.ask(operation, stage.tokens[role])
    assert answer.status == int(ROWS[operation][role]), answer.body


@pytest.mark.parametrize("operation", ROWS)
@pytest.mark.parametrize("kind", ["revoked", "expired", "elsewhere"])
def test_a_token_without_force_opens_what_nobody_opens(stage, operation, kind):
    answer = stage.ask(operation, stage.powerless[kind])
    assert answer.status == int(ROWS[operation]["nobody"]), answer.body


@pytest.mark.parametrize("operation", [each for each, row in ROWS.items() if row["foreign"] != "-"])
@pytest.mark.parametrize("role", ROLES[1:4])
def test_what_is_foreign_looks_like_what_is_missing(stage, operation, role):
    who = stage.foreign[role]
    foreign = stage.ask(operation, who, own=False)
    missing = stage.ask(operation, who, sale=MISSING, own=False)
    may = int(ROWS[operation][role]) == 200
    assert foreign.status == (int(ROWS[operation]["foreign"]) if may else 403), foreign.body
    assert foreign.status == missing.status
    assert json.loads(foreign.body) == json.loads(missing.body)


@pytest.mark.parametrize("operation", [each for each, row in ROWS.items() if row["reader"] != "-"])
@pytest.mark.parametrize("role", ROLES[1:4])
def test_a_reader_takes_nothing_from_the_issuer(stage, operation, role):
    issuer = stage.tokens["viewer"]

    def held():
        pages = [issuer.get(f"/api/v1/records/{each}").json for each in (stage.sale, stage.shared)]
        sales = [issuer.get(f"/api/v1/sales/{each}").json["agreement"] for each in (stage.sale, stage.shared)]
        return pages, sales

    before = held()
    answer = stage.ask(operation, stage.readers[role], own=False)
    may = int(ROWS[operation][role]) == 200
    assert answer.status == (int(ROWS[operation]["reader"]) if may else 403), answer.body
    assert held() == before


def test_what_a_reader_erases_is_gone_for_it_alone(stage):
    shared = stage.tokens["clerk"].issue(paper.private(stage.buyer, stage.seller)).json["id"]
    owner = stage.readers["owner"]
    body = {"record": shared, "reason": "The reader asked for it.", "accept": paper.ACCEPT}
    done = owner.post("/api/v1/erasures", body).json
    assert done["content"] == "kept"
    assert owner.post("/api/v1/erasures", body).json == done
    assert [who.get(f"/api/v1/records/{shared}").status for who in (owner, stage.tokens["viewer"])] == [404, 200]
    page = owner.get(f"/api/v1/sales/{shared}").json
    assert (page["state"], page["agreement"], page["payment"]) == ("unknown", "unknown", "unknown")
    assert stage.tokens["viewer"].get(f"/api/v1/sales/{shared}").json["agreement"] == "ordered"
    owned = stage.tokens["owner"].post("/api/v1/erasures", body).json
    assert owned["content"] == "erased"
    assert owner.get(f"/api/v1/sales/{shared}").status == 200


def test_the_list_of_sales_shows_no_foreign_one(stage):
    assert stage.sale in {each["sale"] for each in stage.tokens["viewer"].get("/api/v1/sales?limit=200").json["sales"]}
    assert stage.foreign["owner"].get("/api/v1/sales").json == {"sales": [], "next": None}


def test_a_cause_that_is_foreign_looks_like_one_that_is_missing(stage):
    who = stage.foreign["clerk"]
    drafts = [{**paper.order(who.party, stage.seller), "after": [after]} for after in (stage.sale, MISSING)]
    answers = [who.post("/api/v1/records/check", each) for each in drafts]
    assert [each.status for each in answers] == [404, 404]
    assert answers[0].json == answers[1].json


def test_an_owner_keeps_the_tokens_of_its_party_alone(stage):
    owner = stage.foreign["owner"]
    made = owner.post("/api/v1/tokens", {"role": "clerk", "label": "till"})
    assert made.status == 200
    clerk = Api(made.json["secret"], owner.party)
    assert clerk.get("/api/v1/sales").status == 200
    listed = owner.get("/api/v1/tokens").json
    assert {each["party"] for each in listed} == {owner.party}
    assert owner.post("/api/v1/tokens", {"role": "operator", "label": "x"}).status == 422
    assert owner.post("/api/v1/tokens", {"role": "clerk", "label": "x", "party": stage.buyer}).status == 422
    assert owner.post(f"/api/v1/tokens/{made.json['id']}/revoke").json["revoked"]
    assert clerk.get("/api/v1/sales").status == 401


def test_a_party_writes_as_itself_alone(stage):
    """The draft names no issuer: the token's party signs, and the order's buyer must be that party."""
    answer = stage.foreign["clerk"].issue(paper.order(stage.buyer, stage.seller))
    assert answer.status == 422
    assert "ENT-CORE-SALE-01" in answer.found
