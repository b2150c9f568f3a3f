"""Our verdict on business numbers beside that of python-stdnum, scheme by scheme, and that no check is left unused."""

import importlib
import pkgutil
import random
import string
import tomllib
import unicodedata
from pathlib import Path

import pytest
import stdnum

from entrepot.base.finding import Severity
from entrepot.economy import economies, identifier_findings
from entrepot.economy.load import codes

HERE = Path(__file__).parent
NOT_BUSINESSES = {
    "au.tfn": "a tax file number is confidential, and no register of businesses",
    "ca.bc_phn": "of patients",
    "ca.sin": "of persons",
    "cn.ric": "of residents",
    "id.nik": "of persons",
    "jp.in_": "of persons",
    "kr.rrn": "of residents",
    "mx.curp": "of persons",
    "my.nric": "of persons",
    "nz.bankaccount": "of accounts",
    "pe.cui": "of persons",
    "pk.cnic": "of persons",
    "th.pin": "of persons",
    "us.atin": "of persons",
    "us.itin": "of persons",
    "us.ptin": "of persons",
    "us.rtn": "of banks' routing",
    "us.ssn": "of persons",
    "us.tin": "any of the above or an EIN",
}
"""Modules of the economies' packages in python-stdnum that check no business number, and whom they number."""
CHECKED = [(each, row) for each in economies() for row in each.identifiers if row.check.startswith("stdnum:")]
OTHERS_RULE = {"tw.ubn": "own:ubn, since python-stdnum asks for the older divisor"}


def modules():
    for code in codes():
        try:
            package = importlib.import_module(f"stdnum.{code.lower()}")
        except ImportError:
            continue
        yield from (f"{code.lower()}.{each.name}" for each in pkgutil.iter_modules(package.__path__))


def test_every_business_number_that_stdnum_checks_is_checked_here():
    used = {row.check.removeprefix("stdnum:") for _, row in CHECKED}
    assert set(modules()) - set(NOT_BUSINESSES) - set(OTHERS_RULE) <= used, stdnum.__version__


def test_nothing_stands_among_the_exceptions_without_a_cause():
    assert set(NOT_BUSINESSES) | set(OTHERS_RULE) <= set(modules())


def near(value, seed):
    """``value`` as it is, and altered in one or two places: most of what people mistype."""
    dice = random.Random(seed)
    yield value
    for _ in range(60):
        text = list(value)
        for _ in range(dice.randint(1, 2)):
            place = dice.randrange(len(text))
            text[place] = dice.choice(string.digits if text[place].isdigit() else string.ascii_uppercase)
        yield "".join(text)


@pytest.mark.parametrize(("economy", "row"), CHECKED, ids=[f"{each.code} {row.scheme}" for each, row in CHECKED])
def test_the_verdict_is_that_of_stdnum(economy, row):
    module = importlib.import_module(row.check.replace(":", "."))
    samples = tomllib.loads((HERE / economy.code / "numbers.toml").read_text("utf-8"))["numbers"]
    honest = [each["value"] for each in samples if each["scheme"] in (row.scheme, row.icd) and not each["findings"]]
    verdicts = set()
    for value in honest:
        for seed, number in enumerate(near(value.removeprefix(row.prefix or ""), row.scheme)):
            theirs = module.is_valid(unicodedata.normalize("NFKC", number))  # full-width digits are read here
            found = {each.severity for each in identifier_findings(economy, row.scheme, number)}
            if theirs and not row.doubt and "validate_check_digits" not in _parameters(module):
                assert not found, (number, seed)
            if not theirs:
                assert found <= {Severity.BLOCKING, Severity.WARNING}, number
                assert found, number
            verdicts.add(theirs)
    assert verdicts == {True, False}


def _parameters(module):
    return module.validate.__code__.co_varnames[: module.validate.__code__.co_argcount]


def test_no_number_that_fits_the_older_rule_for_chinese_taipei_is_refused():
    module = importlib.import_module("stdnum.tw.ubn")
    dice = random.Random(8)
    older = [each for each in (f"{dice.randrange(10**8):08d}" for _ in range(5000)) if module.is_valid(each)]
    assert len(older) > 300
    assert all(identifier_findings("TW", "ubn", each) == () for each in older)


PEOPLE_ELSEWHERE = {"cu.ni", "mu.nid"}
"""The only numbers of their economies in python-stdnum, and of persons."""


def test_every_economy_that_python_stdnum_knows_is_checked():
    from entrepot.economy.elsewhere import ELSEWHERE, RENAMED

    back = {module: code for code, module in RENAMED.items()}
    known = {each.name for each in pkgutil.iter_modules(stdnum.__path__) if each.ispkg} - {"eu", "iso7064"}
    known -= {each.partition(".")[0] for each in PEOPLE_ELSEWHERE}
    assert known == {code.lower() for code in codes()} & known | {RENAMED.get(each, each.lower()) for each in ELSEWHERE}
    assert not set(ELSEWHERE) & set(codes())
    assert back["in_"] == "IN"


def test_a_number_of_elsewhere_is_checked_as_the_examples_of_its_module_say():
    """Each module shows numbers that hold and numbers that do not, written by its own authors."""
    import doctest

    from entrepot.economy.elsewhere import ELSEWHERE, RENAMED

    held = failed = 0
    for code, schemes in ELSEWHERE.items():
        for scheme in schemes.split():
            module = importlib.import_module(f"stdnum.{RENAMED.get(code, code.lower())}.{scheme}")
            for example in doctest.DocTestParser().get_examples(module.__doc__):
                call = example.source.strip()
                if not call.startswith("validate('") or "," in call:
                    continue
                found = identifier_findings(code, scheme, call.removeprefix("validate('").partition("'")[0])
                if "Traceback" in example.want or example.exc_msg:
                    failed += 1
                    assert [each.severity for each in found] == [Severity.WARNING], (code, scheme, call)
                else:
                    held += 1
                    assert found == (), (code, scheme, call)
    assert held > 80, held
    assert failed > 70, failed


def test_a_scheme_of_elsewhere_that_is_not_known_stays_unchecked():
    (found,) = identifier_findings("FR", "rcs-of-mars", "1")
    assert (found.id, found.severity) == ("ENT-CORE-IDENTIFIER-01", Severity.NOTE)
