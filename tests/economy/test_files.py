"""Every packaged file: sources, days, codes that lists of others know, memberships that add up."""

import csv
import os
import re
import tomllib
import zoneinfo
from datetime import date
from importlib import resources
from pathlib import Path

import iso4217
import pytest

from entrepot.economy import economies, economy
from entrepot.economy.agreement import AGREEMENTS
from entrepot.economy.fields import FIELDS, coverage, rows
from entrepot.economy.load import check_file, codes, packaged_files, shared_sources, sources_of
from entrepot.economy.query import member_of
from entrepot.economy.shape import Confidence

TWO = re.compile("[A-Z]{2}")
APEC = set(TWO.findall("AU BN CA CL CN HK ID JP KR MX MY NZ PE PG PH RU SG TH TW US VN"))
ASEAN = set(TWO.findall("BN ID KH LA MM MY PH SG TH TL VN"))
NINE = {"MY", "CN", "SG", "VN", "JP", "AU", "TH", "ID", "HK"}
DAY = date(2026, 11, 27)
ISO_TABLE = Path("/usr/share/zoneinfo/iso3166.tab")
ZONE_TABLE = Path("/usr/share/zoneinfo/zone.tab")
WORLD_BANK = "statistics/world-development-indicators/SP.POP.TOTL - Population, total.csv"


def test_there_are_28():
    assert set(codes()) == APEC | ASEAN | {"MN", "PK", "SB"}
    assert [each.code for each in economies()] == sorted(codes())


@pytest.mark.parametrize(
    ("name", "body"), list(packaged_files()), ids=lambda value: value if type(value) is str else ""
)
def test_a_packaged_file_passes_the_checker(name, body):
    assert check_file(body, name=name) == ()
    assert len(body.splitlines()) <= 130


@pytest.mark.parametrize("code", codes())
def test_every_value_has_a_source_and_a_day(code):
    found, sources = economy(code), sources_of(economy(code))
    for path, row in rows(found):
        source = sources[row.source]
        assert source.title and source.where, path
        assert date(2026, 1, 1) <= (row.checked or source.checked) <= DAY, path
        assert isinstance(row.confidence or source.confidence, Confidence)
    for name, unknown in found.unknown.items():
        assert unknown.sought and unknown.checked <= DAY, name


@pytest.mark.parametrize("code", codes())
def test_coverage(code):
    found = economy(code)
    covered = coverage(found, sources_of(found), today=DAY)
    assert covered.stale == ()
    assert covered.percent >= 50
    assert len(covered.filled) + len(covered.open) + len([u for u in covered.unknown if u in FIELDS]) == len(FIELDS)
    if code in NINE:
        assert found.complete
        assert covered.open == ()
        assert covered.answered_percent == 100


def test_a_value_goes_stale():
    found = economy("SG")
    covered = coverage(found, sources_of(found), today=date(2027, 11, 23))
    assert ("iso", date(2026, 11, 22)) in covered.stale
    assert any(path.startswith("unknown.") for path, _ in covered.stale)
    assert coverage(found, sources_of(found), today=date(2027, 11, 22)).stale == ()


def test_members_of_apec_and_asean():
    assert {each for each in codes() if member_of(each, "APEC", DAY)} == APEC
    assert {each for each in codes() if member_of(each, "ASEAN", DAY)} == ASEAN
    assert member_of("TL", "ASEAN", date(2025, 10, 25)) is False
    assert member_of("TL", "ASEAN", date(2025, 10, 26)) is True


def test_members_of_the_agreements():
    def parties(agreement):
        return {each for each in codes() if member_of(each, agreement, DAY)}

    assert parties("RCEP") == set(TWO.findall("AU BN CN ID JP KH KR LA MY NZ PH SG TH VN"))
    assert parties("CPTPP") == set(TWO.findall("AU BN CA CL JP MX MY NZ PE SG VN"))
    assert parties("ATIGA") == ASEAN - {"TL"}
    assert parties("AANZFTA") == ASEAN - {"TL"} | {"AU", "NZ"}
    assert parties("ACFTA") == ASEAN - {"TL"} | {"CN"}
    assert parties("AHKFTA") == ASEAN - {"TL"} | {"HK"}
    assert parties("DEPA") == {"SG", "NZ", "CL", "KR"}
    assert parties("GCBPR") == {"AU", "CA", "JP", "KR", "MX", "PH", "SG", "TW", "US"}
    assert parties("WTO") == set(codes()) - {"MN", "PG", "SB", "TW"}  # theirs is unconfirmed, so unknown
    assert member_of("TW", "WTO", DAY) is None


@pytest.mark.parametrize("code", codes())
def test_names_as_apec_and_asean_write_them(code):
    names = economy(code).names
    assert names.short is not None
    assert (names.apec is not None) == (code in APEC)
    assert (names.asean is not None) == (code in ASEAN)


def test_names_that_differ_from_habit():
    assert economy("TW").names.apec.name == "Chinese Taipei"
    assert economy("HK").names.apec.name == "Hong Kong, China"
    assert economy("BN").names.asean.name == "Brunei Darussalam"
    assert economy("VN").names.short.name == "Viet Nam"
    assert economy("KR").names.apec.name == "Republic of Korea"
    assert economy("RU").names.apec.name == "The Russian Federation"


@pytest.mark.parametrize("code", codes())
def test_the_first_currency_is_the_one_iso_4217_gives(code):
    """Most currencies carry the numeric code of their economy (ISO 4217, 3.2); a few are of another's or renumbered."""
    money = iso4217.Currency(economy(code).currency[0].code)
    if code in ("TL", "TW"):
        assert money.code == {"TL": "USD", "TW": "TWD"}[code]
    elif code in ("MX", "RU", "PE"):
        assert money.code == {"MX": "MXN", "RU": "RUB", "PE": "PEN"}[code]
    else:
        assert money.number == int(economy(code).iso.numeric)


@pytest.mark.skipif(not ISO_TABLE.exists(), reason="the time zone package's iso3166.tab is not installed")
@pytest.mark.parametrize("code", codes())
def test_alpha2_is_in_the_time_zone_table(code):
    listed = {line.split("\t")[0] for line in ISO_TABLE.read_text("utf-8").splitlines() if not line.startswith("#")}
    assert code in listed


@pytest.mark.skipif(not ZONE_TABLE.exists(), reason="the time zone package's zone.tab is not installed")
@pytest.mark.parametrize("code", codes())
def test_zones_are_those_of_the_time_zone_table(code):
    lines = [line.split("\t") for line in ZONE_TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    listed = {line[2] for line in lines if line[0] == code}
    assert set(economy(code).zones.zones) <= listed
    assert economy(code).zones.zones


@pytest.mark.parametrize("code", codes())
def test_zones_can_be_loaded(code):
    for zone in economy(code).zones.zones:
        assert zone in zoneinfo.available_timezones()


@pytest.mark.skipif("ENTREPOT_TEST_DATA" not in os.environ, reason="ENTREPOT_TEST_DATA is not set")
def test_alpha2_and_alpha3_go_together_as_the_world_bank_has_them():
    """The World Bank's file carries every economy of ours but one."""
    with (Path(os.environ["ENTREPOT_TEST_DATA"]) / WORLD_BANK).open(encoding="utf-8", newline="") as file:
        listed = {row["iso2c"]: row["iso3c"] for row in csv.DictReader(file, delimiter="|")}
    assert {each: economy(each).iso.alpha3 for each in codes() if each != "TW"}.items() <= listed.items()


def test_codes_are_unique():
    for part in ("alpha2", "alpha3", "numeric"):
        assert len({getattr(each.iso, part) for each in economies()}) == 28


def test_common_sources_are_used_and_no_machine_path_is_named():
    used = {row.source for each in economies() for _, row in rows(each)} | {"iso17442"}
    assert set(shared_sources()) <= used
    text = (resources.files("entrepot.economy") / "common-sources.toml").read_text("utf-8")
    for _, body in packaged_files():
        text += body.decode()
    assert re.search(r"(?<![\w.-])/(work|root|home|tmp)/", text) is None
    tomllib.loads((resources.files("entrepot.economy") / "common-sources.toml").read_text("utf-8"))


def test_every_agreement_is_answered_by_the_complete_ones():
    for code in NINE:
        found = economy(code)
        for agreement in AGREEMENTS:
            stated = any(row.agreement == agreement for row in found.memberships)
            assert stated or f"memberships.{agreement}" in found.unknown, (code, agreement)
