"""Two real nodes on loopback ports: processes of their own, stopped by their own process ids."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from rig import paper
from rig.outside import Client, Node, eventually

from entrepot.party.error import FetchError
from entrepot.party.fetch import Fetcher


def has(client, record):
    return client.get(f"/api/v1/records/{record}").status_code == 200


@pytest.fixture(scope="module")
def traders(pair):
    """Buyer in the west, seller in the east: made at the start, so both nodes know each other's parties."""
    east, west = pair

    def token(node, name):
        party = next(p["did"] for p in node.operator.get("/api/v1/operator/parties").json() if p["name"] == name)
        body = {"party": party, "role": "clerk", "label": "module"}
        return Client(node.url, node.operator.post("/api/v1/operator/tokens", body).json()["secret"], party)

    return token(west, "buyer"), token(east, "seller")


def test_an_order_and_its_answer_cross(pair, traders):
    buyer, seller = traders
    order = buyer.issue(paper.order(buyer.party, seller.party)).json()
    eventually(lambda: has(seller, order["id"]))
    number = seller.get(f"/api/v1/records/{order['id']}").json()["number"]
    answer = seller.issue(paper.response(order["id"], number)).json()
    eventually(lambda: has(buyer, answer["id"]))
    states = [each.get(f"/api/v1/sales/{order['id']}").json() for each in (buyer, seller)]
    assert states[0]["state"] == states[1]["state"]
    assert states[0]["order"] == states[1]["order"] == [order["id"], answer["id"]]
    kept = seller.get(f"/api/v1/records/{order['id']}").json()
    assert {each["name"]: each["verdict"] for each in kept["checks"]}["proof vc+jwt"] == "valid"


def test_a_large_file_crosses(pair, traders):
    """As large as the API takes: twice in base64 and twice secured it must still pass the other node's door."""
    buyer, seller = traders
    data = bytes(3 << 20)
    draft = paper.naming(paper.order(buyer.party, seller.party), paper.file(data))
    order = buyer.issue(draft).json()["id"]
    eventually(lambda: has(seller, order))
    (digest,) = seller.get(f"/api/v1/records/{order}").json()["attachments"]
    assert seller.get(f"/api/v1/records/{order}/files/{digest}").content == data


def test_the_sale_goes_on_when_the_other_node_returns(pair, traders):
    east, west = pair
    buyer, seller = traders
    assert east.stop() == 0
    order = buyer.issue(paper.order(buyer.party, seller.party))
    assert order.status_code == 200
    assert west.operator.get("/healthz").json()["status"] == "ok"
    east.start()
    eventually(lambda: has(seller, order.json()["id"]))


def test_a_key_holds_across_a_kill(pair, traders):
    _, west = pair
    buyer, seller = traders
    draft = paper.order(buyer.party, seller.party)
    first = buyer.issue(draft, "killed").json()
    west.kill()
    west.start()
    second = buyer.issue(draft, "killed").json()
    assert (second["id"], second["seq"], second["replayed"]) == (first["id"], first["seq"], True)


def test_eight_at_once_over_http_are_one(traders):
    buyer, seller = traders
    draft = paper.order(buyer.party, seller.party)

    def send(_):
        while (answer := buyer.issue(draft, "eight")).status_code == 409:
            assert answer.headers["Retry-After"] == "1"
        return answer.json()["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1


def test_parties_resolve_by_did_web(pair, traders):
    for node, trader in zip(reversed(pair), traders, strict=True):
        name = trader.party.rpartition(":")[2]
        document = Client(node.url).get(f"/parties/{name}/did.json")
        assert document.json()["id"] == trader.party
        assert document.headers["Content-Type"] == "application/did+json"
        assert trader.party == f"did:web:entrepot.localhost%3A{node.port}:parties:{name}"


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/", "http://10.0.0.1/", "http://entrepot.example/", "ftp://127.0.0.1/"]
)
def test_the_fetcher_takes_plain_http_from_this_machine_alone(url):
    with pytest.raises(FetchError):
        Fetcher(loopback=True, lookup=lambda host, port: [host if host[0].isdigit() else "93.184.215.14"]).get(url)


def test_slow_senders_hold_up_nobody(pair):
    node, held = pair[0], []
    try:
        for _ in range(40):
            made = socket.create_connection(("127.0.0.1", node.port))
            made.sendall(b"POST /api/v1/documents/verify HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")  # fmt: skip
            held.append(made)
        assert Client(node.url).call("GET", "/healthz", timeout=5).status_code == 200
    finally:
        for each in held:
            each.close()


def raw(node, request):
    with socket.create_connection(("127.0.0.1", node.port), timeout=5) as door:
        door.sendall(request)
        answer = b""
        while piece := door.recv(65536):
            answer += piece
    return answer


RAW = {
    "header not UTF-8": (b"GET /api/v1/sales HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\xfe\r\n", 401),
    "path not UTF-8": (b"GET /api/v1/economies/%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\n", 422),
    "huge path": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n", 414),
    "no host": (b"GET /healthz HTTP/1.0\r\n", 400),
    "other host": (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n", 400),
    "length below 0": (b"POST /api/v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n", 400),
    "announced too large": (b"POST /api/v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n", 413),
    "two spellings": (b"GET /api/v1/sales HTTP/1.1\r\nHost: 127.0.0.1\r\nX_Forwarded_For: 1\r\n", 401),
    "head": (b"HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", 200),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_requests_are_answered(pair, name):
    request, status = RAW[name]
    answer = raw(pair[0], request + b"Connection: close\r\n\r\n")
    assert int(answer.split(b" ", 2)[1]) == status, answer[:500]
    assert b"Traceback" not in answer


def test_a_body_in_pieces_is_put_together_and_bounded(pair):
    node = pair[0]
    head = (b"POST /api/v1/documents/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")  # fmt: skip
    answer = raw(node, head + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    many = Client(node.url).call(
        "POST", "/api/v1/documents/verify", content=(b"x" * (1 << 20) for _ in range(7)),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert many.status_code == 413


def test_no_secret_and_no_traceback_was_printed(pair, traders):
    """Whatever the tests before this one did to these nodes."""
    secrets = [each.token for each in traders] + [each.operator.token for each in pair]
    for node in pair:
        assert "Traceback" not in node.told
        assert not any(each in node.told for each in secrets)
        assert not re.search("entrepot_[0-9a-f]{16}", node.told)


def test_a_node_that_is_told_to_stop_seals_and_leaves_a_whole_journal(tmp_path):
    node = Node(tmp_path / "node").start()
    try:
        buyer, seller = node.trader("buyer"), node.trader("seller")
        order = buyer.issue(paper.order(buyer.party, seller.party)).json()
        assert node.stop() == 0
        assert not (node.folder / "journal.db-wal").exists(), "the writer closed its database"
    finally:
        node.stop()
    from entrepot.cli.folder import open_folder

    with open_folder(node.folder, read_only=True) as journal:
        assert journal.head().size == len(journal.entries()) == 1
        assert journal.receipt(order["id"]) is not None
    assert all(each.stat().st_mode & 0o077 == 0 for each in node.folder.iterdir())
