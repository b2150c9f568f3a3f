"""What the tests of evidence share: an exporter, the same after three rotations, a log, and a verifier."""

import pytest
from rig.past import Exporter, Log, day

from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.verify import Given, verify
from entrepot.party import keystore


@pytest.fixture
def exporter(tmp_path, monkeypatch):
    """Quick: what reaches the disk is tested where keys are stored."""
    monkeypatch.setattr(keystore.os, "fsync", lambda _: None)
    return Exporter(tmp_path / "exporter")


@pytest.fixture
def veteran(exporter):
    """The exporter after three rotations, on days 10, 20 and 30."""
    for number in (10, 20, 30):
        exporter.rotate(number)
    return exporter


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


@pytest.fixture
def judged(exporter):
    """The report as of day 90 by default, of somebody who was given the exporter's whole log."""

    def judge(data, *evidence, trust=(), certificates=(), at=90, marks=(), require=(), **more):
        keepers = Timekeepers(dids=frozenset(trust), certificates=tuple(certificates))
        given = Given(evidence=evidence, timekeepers=keepers, **more)
        return verify(data, resolver=exporter.resolver(*marks), at=day(at), require=require, given=given)

    return judge
