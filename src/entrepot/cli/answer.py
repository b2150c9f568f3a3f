"""What the commands that make files answer with --json, one JSON value: which they wrote, or what they made."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
JSON_ANYWAY = click.option("--json", is_flag=True, expose_value=False, help="Changes nothing: JSON is printed anyway.")


def print_files(files: Sequence[Path], *, as_json: bool) -> None:
    """Say which files were written, with --json; a file that an option names is known without."""
    if as_json:
        click.echo(json.dumps({"files": [str(each) for each in files]}, ensure_ascii=False))


def print_made(made: Sequence[bytes], *, as_json: bool) -> None:
    """Print what was made; with --json as one value: itself where it is JSON, else as a string in an object."""
    if not as_json or (len(made) == 1 and _is_json(made[0])):
        for each in made:
            click.echo(each.decode(), nl=not each.endswith(b"\n"))
        return
    values = [_value(each) for each in made]
    answer = {"document": values[0]} if len(values) == 1 else {"documents": values}
    click.echo(json.dumps(answer, ensure_ascii=False))


def _is_json(made: bytes) -> bool:
    """Whether it is a JSON object: no token and no page begins so."""
    return made.startswith(b"{")


def _value(made: bytes) -> Any:
    return json.loads(made) if _is_json(made) else made.decode()
