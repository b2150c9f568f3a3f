"""Hand-overs: made from a consignment, judged, and never in contradiction with themselves."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.base.canonical import canonical
from entrepot.base.digest import ni_uri
from entrepot.base.error import UsageError
from entrepot.base.finding import Severity, blocking
from entrepot.base.quantity import Quantity
from entrepot.base.shape import dump, parse, schema
from entrepot.movement._epcis20 import check_event, read_document, write_document
from entrepot.movement.check import check_hand_over
from entrepot.movement.event import HandOver, Leg
from entrepot.movement.hand_over import PASSING, STEPS, Content, consignment_uri, hand_over, party_uri
from entrepot.movement.kinds import kinds
from entrepot.movement.place import Place, place_uri


@pytest.fixture
def picked_up(consignment, grower, carrier, port, morning):
    return hand_over(Leg.PICKED_UP, consignment, when=morning, where=port, given_by=grower, taken_by=carrier)


def ids(findings):
    return {each.id for each in findings}


def test_the_event_says_what_happened(picked_up):
    event = picked_up.event
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == ("2026-11-20T00:30:00Z", "+08:00")
    assert (event["bizStep"], event["disposition"]) == ("shipping", "in_transit")
    assert event["readPoint"] == {"id": "https://vocabulary.uncefact.org/unlocode#MYPKG"}
    assert event["sourceList"] == [{"type": "possessing_party", "source": "did:web:kebun.example"}]
    taken = [{"type": "possessing_party", "destination": "https://id.gs1.org/417/4012345000009"}]
    assert event["destinationList"] == taken
    assert {each["type"]: each["bizTransaction"] for each in event["bizTransactionList"]} == {
        "po": ni_uri("ab" * 32),
        "inv": ni_uri("cd" * 32),
        "bol": ni_uri("ef" * 32),
    }
    assert event["epcList"][0] == "did:web:angkut.example/consignment/AJ%2F2026%2F77"
    assert event["quantityList"][0]["quantity"] == 1200.5
    assert picked_up.transport_document == "ef" * 32


def test_offsets_west_of_greenwich(consignment, grower, port):
    west = datetime(2026, 11, 20, 8, 30, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    made = hand_over(Leg.DEPARTED, consignment, when=west, where=port, given_by=grower)
    assert (made.event["eventTime"], made.event["eventTimeZoneOffset"]) == ("2026-11-20T12:00:00Z", "-03:30")


@pytest.mark.parametrize("leg", list(Leg))
def test_every_leg_makes_a_valid_record(leg, consignment, grower, carrier, port, morning):
    taker = carrier if leg in PASSING else None
    made = hand_over(leg, consignment, when=morning, where=port, given_by=grower, taken_by=taker)
    assert check_hand_over(made) == ()
    again, findings = parse(HandOver, dump(made))
    assert findings == ()
    assert again == made
    canonical(dump(made))


def test_every_leg_has_a_step():
    assert set(STEPS) == set(Leg)


def test_the_event_travels_in_a_document(picked_up, morning):
    document, findings = read_document(write_document([picked_up.event], created=morning))
    assert findings == ()
    assert document.hashes == (picked_up.event_hash,)


def test_kinds():
    shape, check = kinds()["hand-over", 1]
    assert schema(shape)["title"] == "HandOver"
    assert check is check_hand_over


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"taken_by": None}, "ENT-CORE-HANDOVER-01"),
        ({"event_hash": "ni:///sha-256;" + "0" * 64 + "?ver=CBV2.0"}, "ENT-CORE-HANDOVER-03"),
        ({"leg": Leg.DELIVERED}, "ENT-CORE-HANDOVER-04"),
    ],
)
def test_contradictions_in_the_record(picked_up, change, expected):
    assert ids(check_hand_over(replace(picked_up, **change))) == {expected}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"action": "DELETE"}, "ENT-CORE-HANDOVER-05"),
        ({"errorDeclaration": {"declarationTime": "2026-11-21T00:00:00Z"}}, "ENT-CORE-HANDOVER-06"),
        ({"sourceList": [{"type": "possessing_party", "source": "did:web:x.example"}]}, "ENT-CORE-HANDOVER-07"),
        (
            {"destinationList": [{"type": "possessing_party", "destination": "did:web:x.example"}]},
            "ENT-CORE-HANDOVER-08",
        ),
        ({"type": "https://x.example/OwnEvent", "epcList": 5}, "ENT-CORE-HANDOVER-09"),
        ({"type": ["ObjectEvent"]}, "ENT-CORE-HANDOVER-09"),
        ({"bizStep": "flying"}, "ENT-CORE-EPCIS-08"),
        ({"quantityList": [{"epcClass": "urn:a:b", "quantity": 2**60}]}, "ENT-CORE-HANDOVER-02"),
    ],
)
def test_contradictions_in_the_event(picked_up, change, expected):
    assert expected in ids(check_hand_over(replace(picked_up, event={**picked_up.event, **change})))


def test_owning_parties_may_differ_from_who_holds_the_goods(picked_up):
    sources = [{"type": "owning_party", "source": "did:web:x.example"}]
    found = check_hand_over(replace(picked_up, event={**picked_up.event, "sourceList": sources}))
    assert ids(found) == {"ENT-CORE-HANDOVER-03"}


def test_a_foreign_step_is_a_warning(picked_up):
    changed = replace(picked_up, leg=Leg.ARRIVED)
    assert [each.severity for each in check_hand_over(changed)] == [Severity.WARNING]


def test_wrong_calls(consignment, grower, carrier, port, morning):
    with pytest.raises(UsageError):
        hand_over(Leg.DELIVERED, consignment, when=morning, where=port, given_by=grower)
    with pytest.raises(UsageError):
        hand_over(Leg.ARRIVED, consignment, when=morning.replace(tzinfo=None), where=port, given_by=grower)
    exact = replace(consignment, contents=(Content(of="urn:a:b", quantity=Quantity(Decimal("0." + "1" * 25), "KGM")),))
    with pytest.raises(UsageError):
        hand_over(Leg.ARRIVED, exact, when=morning, where=port, given_by=grower)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(uri="urn:epc:id:sgln:4012345.00011.0", locode="MYPKG"), "urn:epc:id:sgln:4012345.00011.0"),
        (Place(locode="CNNNG"), "https://vocabulary.uncefact.org/unlocode#CNNNG"),
        (Place(latitude=Decimal("3.00"), longitude=Decimal("-101.40")), "geo:3.00,-101.40"),
        (Place(latitude=Decimal("-0.0"), longitude=Decimal("0")), "geo:0.0,0"),
    ],
)
def test_places(place, expected):
    assert place_uri(place) == expected


@pytest.mark.parametrize(
    "place",
    [
        Place(),
        Place(locode="mypkg"),
        Place(latitude=Decimal("3")),
        Place(latitude=Decimal("101.4"), longitude=Decimal("3")),
        Place(latitude=Decimal("3"), longitude=Decimal("181")),
    ],
)
def test_places_that_are_none(place):
    with pytest.raises(UsageError):
        place_uri(place)


def test_parties_without_did_or_gln_have_no_uri(carrier):
    assert party_uri(replace(carrier, identifiers=())) is None
    assert party_uri(replace(carrier, did="did:web:c.example")) == "did:web:c.example"


def test_unnamed_parties_are_left_out_of_the_event(consignment, grower, carrier, port, morning):
    unknown = replace(carrier, identifiers=())
    made = hand_over(Leg.PICKED_UP, consignment, when=morning, where=port, given_by=unknown, taken_by=grower)
    assert "sourceList" not in made.event
    assert check_hand_over(made) == ()


NUMBERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=NUMBERS,
    quantity=st.decimals(0, 10**9, places=3),
    minutes=st.integers(-14 * 60 + 1, 14 * 60),
    latitude=st.decimals(-90, 90, places=5),
)
def test_any_consignment_makes_a_valid_event(consignment, grower, port, number, quantity, minutes, latitude):
    given_consignment = replace(
        consignment,
        number=number,
        things=(consignment_uri("did:web:angkut.example", number),),
        contents=(Content(of="urn:a:b", quantity=Quantity(quantity, "KGM")), Content(of="urn:a:c")),
    )
    when = datetime(2026, 11, 20, 8, 30, tzinfo=timezone(timedelta(minutes=minutes)))
    where = Place(latitude=latitude, longitude=Decimal(1))
    made = hand_over(Leg.ARRIVED, given_consignment, when=when, where=where, given_by=grower)
    assert not blocking(check_event(made.event))
    assert check_hand_over(made) == ()
