"""One node inside this process, and two real ones that know each other; each is started once, when first needed."""

import os
import secrets

import pytest
from rig.inside import Inside
from rig.outside import admit, running
from rig.vcapi import clerks_of


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    made = Inside(tmp_path_factory.mktemp("inside"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def clerks(node):
    return clerks_of(node)


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pair"), "east", "west") as nodes:
        nodes[0].trader("seller")
        nodes[1].trader("buyer")
        admit(*nodes)
        yield nodes


@pytest.fixture
def schemas():
    """Makes places for journals: an empty schema each, dropped afterwards."""
    url = os.environ.get("ENTREPOT_TEST_POSTGRES")
    if not url:
        pytest.skip("ENTREPOT_TEST_POSTGRES names no database")
    import psycopg

    names = []
    with psycopg.connect(url, autocommit=True) as admin:

        def make():
            names.append("w" + secrets.token_hex(8))
            admin.execute(f"CREATE SCHEMA {names[-1]}")
            return f"{url}?options=-csearch_path%3D{names[-1]}"

        yield make
        admin.execute("SET client_min_messages = error")
        for each in names:
            admin.execute(f"DROP SCHEMA {each} CASCADE")
