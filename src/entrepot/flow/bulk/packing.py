"""What became of the rows of an import, as it is kept until its reader comes for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.flow.bulk.file import PlannedFile
from entrepot.flow.bulk.plan import Fate, Planned

_PARTS = tuple(each.name for each in fields(Finding))


def packed(files: Iterable[PlannedFile]) -> str:
    """Files with their rows and findings as JSON; what only the making needs is left out."""
    return json.dumps([_file(each) for each in files], ensure_ascii=False)


def unpacked(text: str) -> list[PlannedFile]:
    """What :func:`packed` kept."""
    return [
        PlannedFile(each["name"], tuple(_row_of(row) for row in each["rows"]), _found(each["findings"]))
        for each in json.loads(text)
    ]


def _file(file: PlannedFile) -> dict[str, Any]:
    findings = [_plain(each) for each in file.findings]
    return {"name": file.name, "rows": [_row(each) for each in file.rows], "findings": findings}


def _row(row: Planned) -> list[Any]:
    findings = [[column, _plain(each)] for column, each in row.findings]
    return [row.kind, row.row, row.number, row.what, str(row.fate), row.record, findings]


def _row_of(row: list[Any]) -> Planned:
    kind, at, number, what, fate, record, findings = row
    found = tuple((column, _finding(each)) for column, each in findings)
    return Planned(kind=kind, row=at, number=number, what=what, fate=Fate(fate), record=record, findings=found)


def _plain(finding: Finding) -> dict[str, Any]:
    return {each: getattr(finding, each) for each in _PARTS} | {"params": dict(finding.params)}


def _finding(plain: Mapping[str, Any]) -> Finding:
    return Finding(**{**plain, "severity": Severity(plain["severity"])})


def _found(findings: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(_finding(each) for each in findings)
