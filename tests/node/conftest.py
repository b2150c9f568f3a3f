"""One node inside this process, and two real ones that know each other; each is started once, when first needed."""

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
