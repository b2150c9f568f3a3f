"""``entrepot economy``: JSON on standard output, exit codes that answer."""

import json

import pytest
from click.testing import CliRunner

from entrepot.base.error import UsageError
from entrepot.cli.economy import group
from entrepot.economy.load import codes, packaged_files


def run(*words):
    result = CliRunner().invoke(group, list(words), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.stdout


def test_list():
    code, text = run("list", "--json")
    table = json.loads(text)
    assert code == 0
    assert [row["code"] for row in table] == list(codes())
    assert sum(row["apec"] for row in table) == 21
    assert sum(row["asean"] for row in table) == 11
    _, page = run("list")
    assert len(page.splitlines()) == 29


@pytest.mark.parametrize("economy", codes())
def test_show(economy):
    code, text = run("show", economy, "--json")
    shown = json.loads(text)
    assert code == 0
    assert shown["known"] is True
    assert shown["iso"]["alpha2"] == economy
    assert set(shown["sources"]) >= {row["source"] for row in shown["currency"]}
    _, page = run("show", economy.lower())
    assert shown["names"]["short"]["name"] in page
    assert "checked 2026-11-22" in page


def test_show_one_that_has_no_file():
    code, text = run("show", "FR", "--json")
    assert code == 1
    assert json.loads(text) == {"code": "FR", "known": False}
    with pytest.raises(UsageError):
        run("show", "FRA")


def test_check_the_package():
    code, text = run("check", "--json")
    report = json.loads(text)
    assert code in (0, 1)
    assert report["problems"] == 0
    assert len(report["files"]) == 28
    assert (code == 0) == (report["stale"] == 0)


def test_check_prints_stale_values_and_answers_no(monkeypatch):
    from datetime import date

    monkeypatch.setattr("entrepot.cli.economy._today", lambda: date(2028, 1, 1))
    code, text = run("check", "--stale-days", "30")
    assert code == 1
    assert "stale since 2026-11-22: iso" in text


def test_check_a_file_that_somebody_writes(tmp_path):
    bad = tmp_path / "ZZ.toml"
    bad.write_text("format = 1\n", "utf-8")
    code, text = run("check", str(bad), "--json")
    assert code == 2
    report = json.loads(text)["files"][0]
    assert report["coverage"] is None
    assert {each["path"] for each in report["problems"]} >= {"$.names", "$.iso"}
    _, page = run("check", str(bad))
    assert "could not be read" in page


def test_check_a_file_with_a_wrong_word_in_it(tmp_path):
    _, body = next(iter(packaged_files()))
    wrong = tmp_path / "XX.toml"
    wrong.write_bytes(body)
    code, text = run("check", str(wrong), "--json")
    assert code == 1
    assert [each["id"] for each in json.loads(text)["files"][0]["problems"]] == ["ENT-CORE-ECONOMY-11"]
    _, page = run("check", str(wrong))
    assert "has problems" in page


def test_a_check_that_is_still_to_come_is_a_problem(tmp_path):
    name, body = next(each for each in packaged_files() if each[0] == "MY.toml")
    file = tmp_path / name
    file.write_bytes(body.replace(b"checked = 2026-11-22", b"checked = 2931-01-01", 1))
    code, text = run("check", str(file), "--json")
    report = json.loads(text)["files"][0]
    assert code == 1
    assert {each["id"] for each in report["problems"]} == {"ENT-CORE-ECONOMY-27"}


def test_unconfirmed_values_are_counted():
    _, text = run("check", "--json")
    reports = {each["file"]: each["coverage"]["unconfirmed"] for each in json.loads(text)["files"]}
    assert any(path.startswith("memberships") for path in reports["TW.toml"])
    assert reports["HK.toml"] == []
