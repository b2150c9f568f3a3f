"""The verdict on a run: how many tests, which failed, and whether each failure is explained by a clause."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """What mocha says of one suite. ``failed``: full title -> its message."""

    passed: int
    failed: dict[str, str]
    skipped: int

    @property
    def executed(self):
        """Tests that were run to a verdict."""
        return self.passed + len(self.failed)


def tally_of(report):
    """The tally in mocha's own report (its reporter ``json``). A hook that failed is a failure too."""
    failed = {}
    for each in report["failures"]:
        failed[" ".join(each["fullTitle"].split())] = str(each["err"].get("message", ""))[:300]
    return Tally(passed=report["stats"]["passes"], failed=failed, skipped=report["stats"]["pending"])


def verdict(name, tally, least, explained):
    """What is wrong with a run, as lines; none where it held. ``explained``: the table's rows of this suite."""
    wrong = []
    if tally.executed < least:
        wrong.append(f"{name}: {tally.executed} tests were executed, the pinned commit holds {least}")
    known = {" ".join(each["test"].split()) for each in explained}
    wrong += [f"{name}: failed without an explanation: {title}: {why}"
              for title, why in tally.failed.items() if title not in known]  # fmt: skip
    wrong += [f"{name}: explained, but it does not fail: {title}" for title in known if title not in tally.failed]
    return wrong
