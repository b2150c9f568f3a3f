"""``entrepot sale``."""

import json


def test_list_shows_each_sale_with_its_state(command):
    done = command("sale", "list", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert row["sale"] == command.sale
    assert {"state", "payment", "fulfilment", "dispute"} <= row.keys()
    assert command.sale in command("sale", "list").stdout


def test_show_takes_the_start_of_an_id(command):
    page = json.loads(command("sale", "show", command.sale[:12], "--json").stdout)
    assert [each["id"] for each in page["records"]] == [command.sale, command.answer]
    told = command("sale", "show", command.sale).stdout
    assert "order-response" in told
    assert "vc+jwt" in told


def test_an_unknown_sale_is_no(command):
    done = command("sale", "show", "f" * 64)
    assert (done.returncode, done.stdout) == (1, "")
    assert "0 sales" in done.stderr


def test_another_folder_is_wrong_use(entrepot, tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        done = entrepot("sale", "list", "--data", str(folder))
        assert (done.returncode, done.stdout) == (64, "")
        assert done.stderr
