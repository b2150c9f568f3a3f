"""The generated reference is what the code says: commands, kinds, findings, settings, economies."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from house.tree import Module, Tree
from reference.__main__ import FOLDER, ROOT, stale
from reference.finding import ID, Reading
from reference.page import build, settings

TREE = Tree(ROOT)
READING = Reading(TREE.modules)
"""Read once for all tests here."""


@pytest.fixture(scope="module")
def files():
    return build(TREE)


def test_the_reference_is_fresh():
    # In a process of its own: click keeps the help of a command as it was first asked for, perhaps by another test.
    asked = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference", "--check"], capture_output=True, text=True, check=False
    )
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", ""), "run make docs"


def test_the_table_of_the_readme_is_that_of_the_page():
    from entrepot.node.page.origin import origins
    from reference.origin import BEGIN, END, readme

    text = readme(TREE)
    table = text[text.index(BEGIN) : text.index(END)]
    assert [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| M")] == [
        f"| {each.id}" for each in origins().rows
    ]
    assert all(each.does in table and f" | {each.state} | " in table for each in origins().rows)


def test_staleness_is_seen(tmp_path):
    (tmp_path / "same.md").write_text("a")
    (tmp_path / "old.md").write_text("a")
    (tmp_path / "gone.md").write_text("a")
    assert stale({"same.md": "a", "old.md": "b", "new.md": "c"}, tmp_path) == ["gone.md", "new.md", "old.md"]


def test_every_finding_id_of_the_source_is_documented(files):
    documented = set(ID.findall(files["findings.md"]))
    literal = {found for module in TREE.modules for found in _ids(module)}
    assert literal - documented == set()
    assert READING.unread == [], "write the id so that its number can be read at the call"


def _ids(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.fullmatch(node.value):
            yield node.value


def test_every_finding_says_something():
    silent = [row.id for row in READING.rows if not row.message]
    assert len(silent) <= SILENT_MAX, silent


SILENT_MAX = 2
"""Ids whose message only a run would tell: a ratchet, to be lowered."""


def test_every_command_is_documented(files):
    from entrepot.cli import COMMANDS

    for name in COMMANDS:
        assert f"\n## entrepot {name}\n" in files["commands.md"]
    assert "Not built yet." not in files["commands.md"]


def test_every_setting_is_documented(files):
    rows = re.findall(r"^\| `(ENTREPOT_\w+)` \| (.*) \|$", files["settings.md"], re.MULTILINE)
    assert [name for name, text in rows if not text.strip()] == []
    used = {name for module in TREE.modules for name in re.findall(r"\bENTREPOT_[A-Z_]+[A-Z]\b", module.text)}
    assert used - {name for name, _ in rows} == set()


def planted(**texts):
    return [Module(f"src/entrepot/{path}.py", text, ast.parse(text)) for path, text in texts.items()]


MAKER = """
SOURCE = "A standard, 1.2"
_TEXTS = {3: ("Third.", "Mend it.")}
def _finding(number, message, remedy="Do {x}.", **params):
    return Finding(id=f"ENT-CORE-PLANT-{number:02d}", message=message, remedy=remedy, source=SOURCE, params=params)
def _numbered(rule):
    message, remedy = _TEXTS[rule]
    return Finding(id=f"ENT-CORE-PLANT-{rule:02d}", message=message, remedy=remedy)
def _passed_on(number):
    return _finding(number, "Passed on.")
def _by_place(number, message, /, **params):
    return Finding(id=f"ENT-CORE-PLANT-{number:02d}", message=message, params=params)
def check(value):
    yield _by_place(8, "Eighth: {number}.", number=value)
    yield _finding(1, "First " "one.")
    yield _finding(number=2, message=f"Second.", remedy="")
    yield _numbered(3)
    yield _passed_on(4)
    yield Finding(id="ENT-CORE-PLANT-05", message="Fifth.")
    for rule in ROWS:
        yield from rule
ROWS = [("ENT-CORE-PLANT-06", "Sixth.", "Mend.")]
DEMAND = Demand("ENT-CORE-PLANT-07", "Seventh.", "Mend.", "A law")
"""


def test_ids_are_read_however_they_are_written():
    rows = {row.id[-2:]: row for row in Reading(planted(plant=MAKER)).rows}
    assert sorted(rows) == ["01", "02", "03", "04", "05", "06", "07", "08"]
    assert rows["08"].message == "Eighth: {number}.", "a place of a message may have the name of what is given by place"
    assert (rows["01"].message, rows["01"].remedy, rows["01"].source) == ("First one.", "Do {x}.", "A standard, 1.2")
    assert [rows[number].message for number in ("03", "04", "05", "06")] == ["Third.", "Passed on.", "Fifth.", "Sixth."]
    assert (rows["07"].remedy, rows["07"].source) == ("Mend.", "A law")


def test_an_id_that_cannot_be_read_is_seen():
    text = 'def f(number):\n    return Finding(id=f"ENT-CORE-GHOST-{number:02d}", message="x")\n'
    assert len(Reading(planted(ghost=text)).unread) == 1


def test_a_setting_without_a_text_is_seen(tmp_path):
    package = tmp_path / "src" / "entrepot"
    package.mkdir(parents=True)
    (package / "x.py").write_text('import os\nX = os.environ["ENTREPOT_SECRET_KNOB"]\n')
    assert "| `ENTREPOT_SECRET_KNOB` |  |" in settings(Tree(tmp_path))["settings.md"]


def test_the_folder_is_the_repository():
    assert Path(__file__).resolve().parents[2] / "docs" / "reference" == FOLDER


def test_the_first_screen_says_what_for_whom_and_how():
    first = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
    assert all(each in first for each in ("cross-border sale", "make demo", "make test", "Python 3.11"))


def test_every_target_of_the_makefile_is_explained():
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE).group(1).split()
    head = "\n".join(line for line in text.splitlines()[:8] if line.startswith("#"))
    assert [each for each in targets if f"make {each}" not in head and each not in ("help", "clean")] == []
