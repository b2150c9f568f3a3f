"""``entrepot demo``: one whole sale between two nodes, from order to paid, cleared and counted."""

import json
import secrets
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from entrepot.base.error import EntrepotError, UsageError

MARK = "demo.json"
"""The file by which a folder is known to be an earlier demo's, which a new one may replace."""

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--dir", "folder", type=_FOLDER, default=Path("demo"), show_default=True, help="Where artefacts go.")
@click.option("--order", type=_FILE, default=None, help="A UBL Order that somebody else wrote, to start from.")
@click.option("--answers", type=_FILE, default=None, help="Stated answers for what that order lacks (TOML).")
@click.option("--json", "as_json", is_flag=True, help="The last line is one JSON object.")
def command(folder: Path, order: Path | None, answers: Path | None, as_json: bool) -> int:
    """Run one whole sale between two nodes and show every step.

    By default fresh durian goes from Malaysia to China, between invented firms. Nothing leaves this machine.

    Example: entrepot demo --dir demo --order order.xml
    """
    from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE
    from entrepot.cli.demo.nodes import Nodes
    from entrepot.cli.demo.play import Stage
    from entrepot.cli.demo.show import Show

    _clear(folder)
    show = Show(lambda line: click.echo(line, err=as_json))
    try:
        stated = _answers(answers)
        with Nodes(folder, (EXPORT_NODE, IMPORT_NODE)) as nodes:
            stage = Stage(nodes.running, folder, show, lambda: datetime.now(UTC), secrets.token_bytes)
            result = _run(stage, order, stated)
    except EntrepotError as wrong:
        show.failed.append(f"{show.last}: {wrong.message}")
        click.echo(f"entrepot demo: stopped at {show.last}: {wrong.message} {wrong.remedy}", err=True)
        result = {"sale": None, "state": "unknown", "records": [], "failed": show.failed, "unknown": show.unknown}
    return _finish(result, show, as_json=as_json)


def _run(stage: Any, order: Path | None, answers: dict[str, Any]) -> dict[str, Any]:
    from entrepot.cli.demo.ending import close
    from entrepot.cli.demo.play import open_default, open_presented, play, prepare

    prepare(stage)
    deal = open_default(stage) if order is None else open_presented(stage, order, answers)
    play(stage, deal)
    result: dict[str, Any] = close(stage, deal)
    (stage.out / MARK).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return result


def _finish(result: dict[str, Any], show: Any, *, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo(
            f"sale {result['sale'] or 'none'}: {result['state']}; {len(result['records'])} records, "
            f"{show.checks} checks, {len(show.failed)} failed"
        )
    return 0 if result["state"] == "counted" and not show.failed else 1


def _clear(folder: Path) -> None:
    """An empty folder; whatever is not an earlier demo's stays untouched."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists() and not (folder / "node-export").exists():
            raise UsageError(f"{folder} is not empty and not an earlier demo's", remedy="Give another --dir.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _answers(file: Path | None) -> dict[str, Any]:
    source = file or Path(__file__).with_name("answers.toml")
    try:
        found: dict[str, Any] = tomllib.loads(source.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{source} is not TOML: {wrong}") from wrong
    answers = found.get("answers", {})
    if not isinstance(answers, dict):
        raise UsageError(f"{source}: answers is no table", remedy="Write the answers below a line [answers].")
    return answers
