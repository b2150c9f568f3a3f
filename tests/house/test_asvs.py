"""The table of the OWASP ASVS: whole, each requirement once, and what it names is there."""

import ast
import json
import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = tomllib.loads(Path(__file__).with_name("asvs.toml").read_text("utf-8"))["row"]
FILE = "engineering/asvs/OWASP_Application_Security_Verification_Standard_5.0.0_en.flat.json"
BY = ("test", "framework", "document", "none", "open")


def faults(rows):
    """What is wrong with the rows themselves, and with what they name."""
    found = [
        f"{each} twice" for each, count in Counter(each for row in rows for each in row["ids"]).items() if count > 1
    ]
    for row in rows:
        name = row["ids"][0]
        found += [f"{name}: {row['by']}"] if row["by"] not in BY else []
        named = row["by"] in ("test", "document")
        found += [f"{name}: says nothing"] if not row.get("where" if named else "why") else []
        found += [f"{name}: {each} is not there" for each in row.get("where", ()) if not is_there(each, row["by"])]
    return found


def is_there(named, by):
    """Whether a file, or a test in it, is there; a folder holds tests."""
    path, _, test = named.partition("::")
    place = ROOT / path
    if by == "document" or not test:
        return place.is_file() or (by == "test" and any(place.glob("test_*.py")))
    if not place.is_file():
        return False
    return test in {
        each.name for each in ast.walk(ast.parse(place.read_text("utf-8"))) if isinstance(each, ast.FunctionDef)
    }


def test_what_the_table_names_is_there():
    assert faults(ROWS) == []


@pytest.mark.parametrize(
    "row",
    [
        {"ids": ["V1.1.1", "V1.1.1"], "by": "none", "why": "x"},
        {"ids": ["V1.1.1"], "by": "perhaps", "why": "x"},
        {"ids": ["V1.1.1"], "by": "open"},
        {"ids": ["V1.1.1"], "by": "test", "where": ["tests/house/test_asvs.py::test_that_is_not_there"]},
        {"ids": ["V1.1.1"], "by": "test", "where": ["tests/house/test_gone.py::test_it"]},
        {"ids": ["V1.1.1"], "by": "document", "where": ["docs/gone.md"]},
    ],
)
def test_a_planted_fault_is_seen(row):
    assert len(faults([row])) == 1


def test_every_requirement_of_levels_one_and_two_has_its_row():
    given = os.environ.get("ENTREPOT_TEST_DATA")
    if not given or not (Path(given) / FILE).is_file():
        pytest.skip("the standard's list is not here: ENTREPOT_TEST_DATA")
    asked = json.loads((Path(given) / FILE).read_text("utf-8"))["requirements"]
    wanted = {each["req_id"] for each in asked if each["L"] in ("1", "2")}
    assert len(wanted) > 250
    assert {each for row in ROWS for each in row["ids"]} == wanted
