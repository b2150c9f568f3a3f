"""Every command that the documentation shows is one that there is, with options that it takes."""

import re
import shlex
from pathlib import Path

import click
import pytest

from entrepot.cli import entrepot

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md"), ROOT / "README.md"])

START = re.compile(r"(?:[A-Z_]+=\S* )*(?:\S*/)?entrepot ")


def shown(text):
    """The commands in the blocks of shell of a text, each as words."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if START.match(line):
                words = shlex.split(START.sub("", line), comments=True)
                yield [each for each in words if each not in ("&", "|", ">")]


def wrong(words):
    """What of a command there is not."""
    command, rest = entrepot, list(words)
    while isinstance(command, click.Group):
        if not rest or rest[0].startswith("-"):
            return []
        name = rest.pop(0)
        found = command.get_command(click.Context(command), name)
        if found is None:
            return [name]
        command = found
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    return [each for each in rest if each.startswith("-") and each != "-" and each.split("=")[0] not in known]


COMMANDS = [(file.name, words) for file in FILES for words in shown(file.read_text("utf-8"))]


@pytest.mark.parametrize("file", sorted({file for file, _ in COMMANDS}))
def test_the_commands_of_the_documentation_are_there(file):
    found = {" ".join(words): wrong(words) for name, words in COMMANDS if name == file}
    assert {each: missing for each, missing in found.items() if missing} == {}


def test_a_command_that_is_not_there_is_seen():
    text = (
        "```sh\nentrepot journal backup --data x --nowhere \\\n  --out y  # a remark\nX=1 entrepot journal burn\n```\n"
    )
    assert [wrong(each) for each in shown(text)] == [["--nowhere"], ["burn"]]
    assert len(COMMANDS) > 40
