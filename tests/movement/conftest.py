"""Parties and a consignment of one invented sale, and the folders of foreign test material."""

import os
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from entrepot.base.quantity import Quantity
from entrepot.movement.hand_over import Consignment, Content, consignment_uri
from entrepot.movement.place import Place
from entrepot.party.party import Identifier, Party

KUALA_LUMPUR = timezone(timedelta(hours=8))


@pytest.fixture(scope="session")
def foreign() -> Path:
    """Foreign material of the movement area."""
    root = os.environ.get("ENTREPOT_TEST_DATA")
    if not root:
        pytest.skip("ENTREPOT_TEST_DATA is not set: no foreign test material")
    return Path(root) / "movement"


@pytest.fixture
def grower() -> Party:
    """The consignor."""
    return Party(name="Kebun Raub Sdn. Bhd.", economy="MY", did="did:web:kebun.example")


@pytest.fixture
def carrier() -> Party:
    """A carrier that has a GLN and no DID."""
    return Party(name="Angkut Jauh", economy="MY", identifiers=(Identifier(scheme="gln", value="4012345000009"),))


@pytest.fixture
def consignment() -> Consignment:
    """Durian in cartons."""
    return Consignment(
        number="AJ/2026/77",
        things=(consignment_uri("did:web:angkut.example", "AJ/2026/77"), "urn:epc:id:sscc:4012345.0000000111"),
        contents=(Content(of="urn:epc:class:lgtin:4012345.012345.L1", quantity=Quantity(Decimal("1200.5"), "KGM")),),
        documents={"po": "ab" * 32, "inv": "cd" * 32, "bol": "ef" * 32},
    )


@pytest.fixture
def port() -> Place:
    """Port Klang."""
    return Place(locode="MYPKG")


@pytest.fixture
def morning() -> datetime:
    """Half past eight in Kuala Lumpur."""
    return datetime(2026, 11, 20, 8, 30, tzinfo=KUALA_LUMPUR)
