"""``entrepot community seed`` and ``entrepot serve --community``: filled once, as anybody does, nothing left over."""

import json
import os
import re
import signal
import subprocess
import sys

import httpx
import pytest
from rig.outside import SEED_S, Node, Town, eventually

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]  # a whole sale among two nodes, and a busy machine


def environ():
    return {name: value for name, value in os.environ.items() if not name.startswith(("ENTREPOT_", "DJANGO_"))}


def at(town):
    """The node of that folder, at the port by which its parties are named."""
    made = Town(town[0])
    made.port = town[1]
    return made


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A folder that was filled by the command, on a node that did not run; and what the command said."""
    folder, port = tmp_path_factory.mktemp("town"), Node(tmp_path_factory.mktemp("port") / "x").port
    words = ["community", "seed", "--data", str(folder / "node"), "--port", str(port), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *words], capture_output=True, text=True, env=environ(), timeout=SEED_S,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "node", port, json.loads(done.stdout), done.stderr


@pytest.fixture
def served(town):
    made = at(town).start()
    yield made
    made.stop()


def test_it_says_what_it_does_and_leaves_nothing_running(town):
    _, _, told, progress = town
    assert told["members"] == [
        "grower",
        "importer",
        "workshop",
        "chamber",
        "registrar",
        "overseer",
        "customs",
        "bank",
        "statistics",
    ]
    assert told["placed"][:4] == ["PO-1001", "PO-2001", "PO-3001", "PO-4001"]
    assert told["placed"][4:] == [f"PO-{number}" for number in range(5001, 5013)]
    assert "9 of 9 people" in progress
    for url in told["nodes"]:
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{url}/healthz", timeout=5)


def test_what_the_first_page_offers_is_there(served, town):
    _, _, told, _ = town
    states = {}
    for url in told["nodes"]:
        with httpx.Client(base_url=url, follow_redirects=True) as browser:
            first = browser.get("/en/").text
            for role in re.findall('name="role" value="([a-z]+)"', first):
                token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/en/").text)[1]
                page = browser.post(
                    "/en/try", data={"role": role, "csrfmiddlewaretoken": token}, headers={"Origin": url}
                )
                assert page.status_code == 200, role
                assert "(invented)" in page.text
                waiting = page.text.partition("<h2>The others")[0]
                found = [
                    re.findall(f'href="/en/{where}/([0-9a-f]{{64}})"', text)
                    for where, text in (("sales", page.text), (f"desks/{role}", waiting), (f"desks/{role}", page.text))
                ]
                states[role] = tuple(len(set(each)) for each in found)
    # Sales on the board; cases that wait at the desk, and all of them. The grower sells to the importer thrice and
    # buys from the workshop; the overseer sees every offer.
    assert states == {
        "grower": (4, 0, 0), "importer": (3, 0, 0), "workshop": (1, 0, 0), "chamber": (0, 1, 2),
        "registrar": (0, 1, 1), "overseer": (0, 1, 4), "customs": (0, 1, 2), "bank": (0, 4, 14),
        "statistics": (0, 1, 14),
    }  # fmt: skip


def test_what_is_counted_is_shown_but_not_of_whom_there_are_few(served, town):
    told = httpx.get(f"{town[2]['nodes'][1]}/en/statistics/CN").text
    assert re.search(r"Imports from Malaysia</th>\s*<td[^>]*>7<", told), told
    assert re.search(r"Imports from Thailand</th>\s*<td[^>]*>withheld<", told), told


def test_a_second_run_adds_nothing(served, town, entrepot):
    folder, _, told, _ = town
    before = httpx.get(f"{told['nodes'][0]}/healthz").json()["sealed"]
    done = entrepot("community", "seed", "--data", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["placed"] == []
    assert "nothing was added" in done.stderr
    assert httpx.get(f"{told['nodes'][0]}/healthz").json()["sealed"] == before


def test_both_nodes_end_when_whoever_started_them_is_killed(served, town):
    _, _, told, _ = town
    served.process.kill()
    served.process.wait(timeout=10)

    assert eventually(lambda: all(_is_shut(url) for url in told["nodes"]))


def _is_shut(url):
    try:
        httpx.get(f"{url}/healthz", timeout=2)
    except httpx.TransportError:
        return True
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_both_nodes_end_with_a_signal(town, how):
    again = at(town).start()
    again.process.send_signal(how)
    assert again.process.wait(timeout=60) == 0
    assert all(_is_shut(url) for url in town[2]["nodes"])


def test_a_port_that_is_taken_is_named_with_a_remedy(entrepot, tmp_path):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = entrepot("serve", "--data", str(tmp_path / "node"), "--port", str(port), "--community")
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port N" in done.stderr


def test_another_port_than_the_one_its_parties_are_named_by_is_refused(town, entrepot):
    done = entrepot("serve", "--data", str(town[0]), "--port", str(town[1] + 1), "--community")
    assert done.returncode == 64
    assert f"--port {town[1]}" in done.stderr


def test_a_public_node_gets_no_community(entrepot, tmp_path):
    done = entrepot("serve", "--data", str(tmp_path / "a"), "--url", "https://node.example", "--community")
    assert done.returncode == 64
    assert "this machine alone" in done.stderr
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "url").write_text("https://node.example\n")
    done = entrepot("community", "seed", "--data", str(tmp_path / "b"))
    assert done.returncode == 64
    assert "this machine alone" in done.stderr
    assert not (tmp_path / "b-neighbour").exists()
