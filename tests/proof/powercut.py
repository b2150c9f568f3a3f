"""Power cuts: at every write of a run, and with every planted bug, each of which must be found.

    powercut.py                       the run of powercut_script.py, a cut at every write and sync
    powercut.py --script FILE         another run: FILE defines run(journal) and may define REDUCERS
    powercut.py --every N --ways N    a sample: every n-th write; so many outcomes of each cut
    powercut.py --planted             the same for every patch in planted/, applied to a copy of the source
    powercut.py --planted --kind K    only those of planted/K: durability (what is lost or half done after a cut, the
                                      file layer alone shows it) or logic (wrong without any cut, too)

After each cut the journal is opened as a restarted node would; it must equal the state after the last transaction that
was acknowledged, or the one that was under way, hold every record that was acknowledged, and find no fault in itself.
The exit status is 0 when the unchanged source holds (and, with --planted, when every planted bug was found).
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "src"
sys.path.insert(0, str(HERE))


class Fault(Exception):
    """The journal is not what was acknowledged. ``write``: the number of the operation at which the power went."""

    def __init__(self, write, reason):
        super().__init__(reason)
        self.write = write


MUTATORS = (
    *("append", "append_many", "assess", "prove", "send", "erase", "seal", "rebuild", "tend", "hold", "unhold"),
    *("delivered", "failed", "requeue", "put_peer", "observe_head", "caught_up"),
)
"""Calls that are all or nothing: between them the journal is whole, and inside them it is the one before or after."""


def watched(log):
    """A journal that logs what it acknowledges, with the state at that moment."""
    from entrepot.journal.journal import Journal

    class Watched(Journal):
        watching = False
        inside = threading.local()
        last = None

        @contextmanager
        def whole(self):
            """One call, of the caller's or of the writer thread's: all of it counts as one change."""
            if getattr(self.inside, "call", False) or not self.watching:
                yield
                return
            self.inside.call = True
            try:
                yield
            except Exception:
                if state(self) != self.last:
                    raise Fault(len(log.cuts()), "a call that was refused left something behind") from None
                raise
            else:
                self.reached()
            finally:
                self.inside.call = False

        def reached(self):
            """The state is acknowledged: after a power cut it must be there, or the one that follows it."""
            self.last = state(self)
            log.mark(("state", self.last))

        @contextmanager
        def transaction(self):
            with self.whole(), super().transaction() as db:
                yield db

        def append(self, made):
            alone = self.watching and not self.in_transaction
            with self.whole():
                done = super().append(made)
            if alone:
                self.acknowledged(done.record_id)
            return done

        def acknowledged(self, record_id):
            log.mark(("record", record_id))

    for name in set(MUTATORS) - {"append"}:
        setattr(Watched, name, _whole(getattr(Journal, name)))
    return Watched


def _whole(method):
    def call(self, *values, **more):
        with self.whole():
            return method(self, *values, **more)

    return call


def state(journal):
    """A digest of everything that the journal keeps, and of every view."""
    digest = hashlib.sha256()
    for line in journal.export():
        digest.update(line.encode())
    for reducer in journal.setup.reducers:
        digest.update(journal.dump_view(reducer.name))
    return digest.hexdigest()


def setup(module):
    from powercut_script import REDUCERS, Clock, Entropy, sign

    from entrepot.journal.core import Setup

    return Setup(
        reducers=tuple(getattr(module, "REDUCERS", REDUCERS)),
        clock=Clock(),
        entropy=Entropy(),
        sign=sign,
        log_id="did:web:node.example",
    )


def record_run(module, directory):
    """Let the run happen on a logging disk. The log, and what broke the run itself (or None)."""
    from powercut_disk import Log, LoggingLayer

    from entrepot.journal._sqlite import SqliteDatabase

    log, broken = Log(), None
    layer = LoggingLayer("powercut", log)
    journal = watched(log)(SqliteDatabase(directory, vfs="powercut"), setup(module))
    try:
        journal.reached()
        journal.watching = True
        module.run(journal)
    except Fault as fault:
        broken = fault
    except Exception as wrong:  # noqa: BLE001 - a planted bug may break the run in any way
        broken = Fault(len(log.cuts()), f"the run itself broke: {type(wrong).__name__}: {wrong}")
    journal.watching = False
    try:
        journal.close()
    except Exception as wrong:  # noqa: BLE001 - see above
        broken = broken or Fault(len(log.cuts()), f"closing broke: {wrong}")
    layer.unregister()
    return log, broken


def examine(module, *, every=1, ways=4, seed=1, progress=None):
    """Cut the power at every ``every``-th operation of the run. The number of disks examined; raises :class:`Fault`."""
    from powercut_disk import Disk

    with tempfile.TemporaryDirectory() as folder:
        log, broken = record_run(module, Path(folder) / "run")
        if broken is not None and not log.cuts():
            raise broken
        states = [op.mark[1] for op in log.ops if op.act == "mark" and op.mark[0] == "state"]
        disk, reached, kept, seen, cut = Disk(), -1, set(), {}, 0
        for op in log.ops:
            disk.take(op)
            if op.act == "mark":
                if op.mark[0] == "state":
                    reached += 1
                else:
                    kept.add(op.mark[1])
            else:
                cut += 1
            if cut % every and op.act != "mark":
                continue
            allowed = frozenset(states[max(reached, 0) : reached + 2])
            for image in disk.images(f"{seed} {cut}", ways):
                key = (digest_of(image), allowed, len(kept))
                if key not in seen:
                    seen[key] = True
                    judge(module, image, allowed, (kept, cut))
                    if progress and len(seen) % 500 == 0:
                        progress(f"{cut} of {len(log.cuts())} writes, {len(seen)} disks")
        if broken is not None:
            raise broken
        return len(log.cuts()), len(seen)


def digest_of(image):
    digest = hashlib.sha256()
    for name in sorted(image):
        digest.update(name.encode() + len(image[name]).to_bytes(8, "big") + image[name])
    return digest.digest()


def judge(module, image, allowed, acknowledged):
    """Open the journal on a disk after a power cut, and hold it against what was acknowledged."""
    from entrepot.journal._sqlite import SqliteDatabase
    from entrepot.journal.journal import Journal

    kept, cut = acknowledged
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for name, data in image.items():
            (Path(folder) / name).write_bytes(data)
        try:
            journal = Journal(SqliteDatabase(Path(folder)), setup(module))
        except Exception as wrong:
            raise Fault(cut, f"it does not open: {wrong}") from wrong
        try:
            held = {each.record_id for each in journal.entries(limit=1 << 30)}
            if lost := kept - held:
                raise Fault(cut, f"{len(lost)} acknowledged records are lost")
            if found := journal.verify():
                raise Fault(cut, found[0].text)
            if state(journal) not in allowed:
                raise Fault(cut, "the journal is neither what was acknowledged nor what was under way")
        except Fault:
            raise
        except Exception as wrong:
            raise Fault(cut, f"it cannot be read: {wrong}") from wrong
        finally:
            journal.close()


def say(text):
    """A line of the answer, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def load(path):
    """The module that defines the run."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def planted(options):
    """Examine a copy of the source with each planted bug. True when every one was found."""
    patches = [each for each in sorted((HERE / "planted").glob(f"{options.kind}/*.patch")) if options.only in each.stem]
    if not patches:
        raise SystemExit("no such patch")
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared"
        prepare = getattr(load(options.script), "prepare", None)
        if prepare is not None:
            prepare(prepared)
        survived = [each.stem for each in patches if not found(each, options, prepared)]
    say(f"{len(patches) - len(survived)} of {len(patches)} planted bugs found by the run of {options.script.stem}")
    return not survived


def found(patch, options, prepared):
    """Whether the bug of this patch is found; the line of the report is written."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        applied = subprocess.run(
            ["git", "apply", "-p1", str(patch)], cwd=folder, capture_output=True, text=True, check=False
        )
        answer = applied.returncode == 0 and examine_copy(copy, options, prepared)
    if not answer:
        say(f"{patch.stem}: does not apply: {applied.stderr.strip()}")
    elif answer["fault"] is None:
        say(f"{patch.stem}: SURVIVED {answer['writes']} writes, {answer['disks']} disks")
    else:
        say(f"{patch.stem}: found at write {answer['write']}: {answer['fault']}")
    return bool(answer) and answer["fault"] is not None


def examine_copy(copy, options, prepared):
    command = [sys.executable, str(HERE / "powercut.py"), "--json", "--every", str(options.every)]
    command += ["--ways", str(options.ways), "--seed", str(options.seed), "--script", str(options.script)]
    environ = {**os.environ, "PYTHONPATH": str(copy)} | (
        {"POWERCUT_PREPARED": str(prepared)} if prepared.exists() else {}
    )
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--script", type=Path, default=HERE / "powercut_script.py")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--ways", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--only", default="", help="only patches whose name holds this")
    parser.add_argument("--kind", default="*", choices=("*", "durability", "logic"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.planted:
        return 0 if planted(options) else 1
    answer = {"fault": None, "write": None}
    try:
        progress = None if options.json else lambda text: sys.stderr.write(text + "\n")
        module = load(options.script)
        writes, disks = examine(module, every=options.every, ways=options.ways, seed=options.seed, progress=progress)
        answer |= {"writes": writes, "disks": disks}
    except Fault as fault:
        answer |= {"fault": str(fault), "write": fault.write}
    if options.json:
        say(json.dumps(answer))
    elif answer["fault"] is None:
        say(f"{answer['writes']} writes and syncs, {answer['disks']} disks after a power cut: all whole")
    else:
        say(f"failed at write {answer['write']}: {answer['fault']}")
    return 0 if answer["fault"] is None else 1


if __name__ == "__main__":
    sys.exit(main())
