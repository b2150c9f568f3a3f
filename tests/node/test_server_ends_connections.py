"""A real node whose journal lies in PostgreSQL, and a server that ends connections while it works."""

import os
import secrets

import pytest
from rig import paper
from rig.outside import Node, eventually


@pytest.fixture
def node(tmp_path):
    url = os.environ.get("ENTREPOT_TEST_POSTGRES")
    if not url:
        pytest.skip("ENTREPOT_TEST_POSTGRES names no database")
    import psycopg

    name = "n" + secrets.token_hex(8)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
        place = f"{url}?options=-csearch_path%3D{name}&application_name={name}"
        made = Node(tmp_path / "node", ENTREPOT_JOURNAL=place).start()
        made.end_connections = lambda: (
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", (name,)
            ).rowcount
        )
        try:
            yield made
        finally:
            made.stop()
            admin.execute("SET client_min_messages = error")
            admin.execute(f"DROP SCHEMA {name} CASCADE")


def test_a_request_may_be_told_that_the_database_is_unavailable_and_its_retry_works(node):
    buyer, seller = node.trader("buyer"), node.trader("seller")
    worker = node.told.count("journal must be opened")
    told, ids = [], []
    for number in range(12):
        draft = paper.order(buyer.party, seller.party)
        assert node.end_connections() > 0

        def issued(draft=draft, key=f"key-{number}"):
            answer = buyer.issue(draft, key)
            told.append((answer.status_code, answer.json().get("code")))
            return answer.json().get("id") if answer.status_code == 200 else None

        ids.append(eventually(issued))
    assert set(told) <= {(200, None), (503, "journal-unavailable")}
    assert len(buyer.get("/api/v1/sales?limit=200").json()["sales"]) == len(set(ids)) == 12
    assert node.told.count("journal must be opened") == worker, "no worker had to be replaced"
    assert "Traceback" not in node.told
