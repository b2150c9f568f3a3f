"""``entrepot economy``: what is known of each economy, from which source, checked when."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.shape import dump
from entrepot.economy.check import judge_days
from entrepot.economy.fields import FIELDS, Coverage, coverage, rows
from entrepot.economy.load import codes, economies, packaged_files, read_file, sources_of
from entrepot.economy.load import economy as load_economy
from entrepot.economy.query import source_of
from entrepot.economy.shape import Backed, Economy

BYTES_MAX = 1 << 20
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
_BACKING = {each.name for each in dataclasses.fields(Backed)}


@click.group(name="economy")
def group() -> None:
    """Dated facts of the 28 economies, with sources.

    Example: entrepot economy show MY
    """


@group.command("list")
@_JSON
def list_(as_json: bool) -> int:
    """List the economies that have a file.

    Example: entrepot economy list
    """
    table = [_line(each) for each in economies()]
    if as_json:
        _print_json(table)
        return 0
    click.echo(f"{'code':5}{'name':28}{'APEC':6}{'ASEAN':7}{'currency':10}{'filled':>7}")
    for row in table:
        marks = ("yes" if row["apec"] else "-", "yes" if row["asean"] else "-")
        money = ",".join(row["currency"]) or "?"
        click.echo(f"{row['code']:5}{row['name']:28}{marks[0]:6}{marks[1]:7}{money:10}{row['filledPercent']:>6}%")
    return 0


def _line(found: Economy) -> dict[str, Any]:
    covered = coverage(found, sources_of(found), today=_today())
    return {
        "code": found.code,
        "name": found.names.short.name if found.names.short else found.code,
        "apec": _party(found, "APEC"),
        "asean": _party(found, "ASEAN"),
        "currency": [row.code for row in found.currency],
        "complete": found.complete,
        "filledPercent": covered.percent,
    }


def _party(found: Economy, agreement: str) -> bool:
    return any(row.agreement == agreement and row.status == "party" and not row.to for row in found.memberships)


@group.command()
@click.argument("code")
@_JSON
def show(code: str, as_json: bool) -> int:
    """Show one economy: every value with its source, the day it was checked and how good it is.

    Exit 1 where there is no file for CODE (ISO 3166-1 alpha-2): what holds there is unknown.

    Example: entrepot economy show MY --json
    """
    code = code.upper()
    if len(code) != 2 or not code.isalpha():
        raise UsageError(f"not an ISO 3166-1 alpha-2 code: {code[:20]!r}", remedy="Use two letters, such as MY.")
    if code not in codes():
        click.echo(f"There is no file for {code}; known are {', '.join(codes())}.", err=True)
        if as_json:
            _print_json({"code": code, "known": False})
        return 1
    found = load_economy(code)
    covered = coverage(found, sources_of(found), today=_today())
    if as_json:
        used = {row.source for _, row in rows(found)}
        sources = {key: dump(source) for key, source in sources_of(found).items() if key in used}
        _print_json({"known": True, "code": code, **dump(found), "sources": sources, "coverage": _coverage(covered)})
        return 0
    for line in _page(found, covered):
        click.echo(line)
    return 0


def _page(found: Economy, covered: Coverage) -> Iterator[str]:
    sources = sources_of(found)
    yield f"{found.names.short.name if found.names.short else found.code} ({found.code})"
    heading = ""
    for path, row in rows(found):
        head = path.split("[")[0].split(".")[0]
        if head != heading:
            heading = head
            yield f"\n{heading}"
        source = source_of(found, row)
        name = f"{path.removeprefix('absent.')}: none " if head == "absent" else ""
        label = f"{path.split('.')[1]}: " if head == "names" else ""
        yield f"  {name}{label}{_words(row)}"
        where = f"{row.source}: {row.what}" if row.what else row.source
        yield f"      {source.confidence}, checked {source.checked}, {where}"
        if row.note:
            yield f"      {row.note}"
    if found.unknown or covered.open:
        yield "\nunknown"
    for key, unknown in found.unknown.items():
        yield f"  {key}: sought {unknown.checked} in {unknown.sought}" + (f"; {unknown.note}" if unknown.note else "")
    for key in covered.open:
        yield f"  {key}: not researched"
    yield "\nsources"
    for key in sorted({row.source for _, row in rows(found)}):
        source = sources[key]
        yield f"  {key}: {source.title} ({source.confidence}, {source.checked})\n      {source.where}"


def _words(row: Backed) -> str:
    """The row's own values, in the order of its shape, as one line."""
    pairs = ((each.name.rstrip("_"), getattr(row, each.name)) for each in dataclasses.fields(row))
    return ", ".join(
        f"{name} {', '.join(value) if isinstance(value, tuple) else value}"
        for name, value in pairs
        if name not in _BACKING and value is not None and value is not False
    )


@group.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--stale-days", type=click.IntRange(min=1), default=365, show_default=True, help="Age of a stale value.")
@_JSON
def check(files: tuple[Path, ...], stale_days: int, as_json: bool) -> int:
    """Say how far each file answers the fixed questions, what is stale, and what is wrong.

    Without FILES: the files of the package. Exit 0 if nothing is wrong or stale, 1 if something is, 2 if a file
    has not the shape of one.

    Example: entrepot economy check --stale-days 180
    """
    given = [(each.name, _read(each)) for each in files] if files else list(packaged_files())
    reports = [_report(name, body, stale_days) for name, body in given]
    unreadable = any(not report["readable"] for report in reports)
    stale = sum(len(report["coverage"]["stale"]) for report in reports if report["coverage"])
    problems = sum(len(report["problems"]) for report in reports)
    if as_json:
        _print_json(
            {"files": reports, "fields": len(FIELDS), "staleDays": stale_days, "stale": stale, "problems": problems}
        )
    else:
        _print_check(reports, stale=stale, problems=problems)
    return 2 if unreadable else 1 if stale or problems else 0


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX)


def _report(name: str, body: bytes, stale_days: int) -> dict[str, Any]:
    found, findings = read_file(body, name=name)
    covered = None
    if found is not None:
        findings += judge_days(found, sources_of(found), today=_today())
        covered = _coverage(coverage(found, sources_of(found), today=_today(), stale_days=stale_days))
    return {
        "file": name,
        "readable": not any(_stops_reading(each) for each in findings),
        "complete": found is not None and found.complete,
        "coverage": covered,
        "problems": [each.to_json() for each in findings],
    }


def _stops_reading(finding: Finding) -> bool:
    """Whether the file has not even the shape of an economy's file."""
    return finding.id == "ENT-CORE-ECONOMY-10" or finding.id.startswith("ENT-CORE-SHAPE-")


def _coverage(covered: Coverage) -> dict[str, Any]:
    return {
        "filled": len(covered.filled),
        "filledPercent": covered.percent,
        "answeredPercent": covered.answered_percent,
        "unknown": list(covered.unknown),
        "open": list(covered.open),
        "unconfirmed": list(covered.unconfirmed),
        "stale": [{"path": path, "checked": day.isoformat()} for path, day in covered.stale],
    }


def _print_check(reports: list[dict[str, Any]], *, stale: int, problems: int) -> None:
    click.echo(f"{'file':10}{'filled':>9}{'unknown':>9}{'open':>6}{'unconfirmed':>13}{'stale':>7}{'problems':>10}")
    for report in reports:
        covered = report["coverage"]
        if covered is None:
            state = "has problems" if report["readable"] else "could not be read"
            click.echo(f"{report['file']:10}{state:>44}{len(report['problems']):>10}")
        else:
            filled = f"{covered['filled']}/{len(FIELDS)}"
            unknown, undone, doubtful = (len(covered[each]) for each in ("unknown", "open", "unconfirmed"))
            wrong = f"{len(covered['stale']):>7}{len(report['problems']):>10}"
            click.echo(f"{report['file']:10}{filled:>9}{unknown:>9}{undone:>6}{doubtful:>13}{wrong}")
        for each in report["problems"]:
            click.echo(f"    {each['id']} {each['path']}: {each['text']} {each['remedy']}".rstrip())
        for each in covered["stale"] if covered else ():
            click.echo(f"    stale since {each['checked']}: {each['path']}")
    click.echo(f"{len(reports)} files, {problems} problems, {stale} stale values")


def _today() -> date:
    return datetime.now(UTC).date()


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
