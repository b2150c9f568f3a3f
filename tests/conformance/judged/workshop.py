"""Working copies of the suites at their pinned commits, with their packages. Set-up may download; a run may not."""

import json
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

READY = ".ready"
NPM = ["npm", "install", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
"""``--install-links``: a dependency that lies in a folder is copied like a package, so that its own are found."""
KEYS = "tests/input/vc-di-ecdsa/TestVectors"
"""Where the suite for ECDSA looks for the key pairs with which it signs; its own set-up would fetch them."""


class NotHereError(Exception):
    """Something that the suites need is not on this machine."""


def set_up(clones, build, table):
    """Make the working copies below ``build`` from ``clones``; those that are ready stay.

    Raises :class:`NotHereError` where a clone or one of its commits is missing, or npm is.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise NotHereError("node and npm are not installed")
    pinned = {**table["library"], **table["suite"]}
    for name, each in pinned.items():
        if not is_ready(build / name, each["commit"]):
            extract(clone_of(clones, name, each["repository"]), each["commit"], build / name)
    for name, each in table["suite"].items():
        if not is_ready(build / name, each["commit"]):
            install(build / name)
            place_keys(build, build / name)
            (build / name / READY).write_text(each["commit"])


def is_ready(folder, commit):
    """Whether the working copy is there, of that commit, with its packages."""
    mark = folder / READY
    return mark.exists() and mark.read_text() == commit


def clone_of(clones, name, repository):
    """The folder of a clone, by the repository's name or by owner and name."""
    for candidate in (clones / name, clones / f"{name}.git", clones / repository.replace("/", "+")):
        for folder in (candidate, candidate / "repo"):
            if (folder / ".git").exists() or (folder / "objects").exists():
                return folder
    raise NotHereError(f"no clone of {repository} in {clones}")


def extract(clone, commit, folder):
    """The tree of ``commit`` below ``folder``, whatever the clone has checked out."""
    done = subprocess.run(["git", "-C", str(clone), "archive", commit], capture_output=True, check=False)
    if done.returncode:
        raise NotHereError(f"{clone} does not hold commit {commit}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def install(folder):
    """The packages of a suite: what it takes from a repository comes from the working copy beside it."""
    package = json.loads((folder / "package.json").read_text("utf-8"))
    needed = package["dependencies"]
    for name, version in needed.items():
        if version.startswith("github:"):
            needed[name] = f"file:../{version.rpartition('/')[2]}"
    needed.setdefault("mocha", package.get("devDependencies", {}).get("mocha"))
    package["devDependencies"] = {}
    (folder / "package.json").write_text(json.dumps(package, indent=2), "utf-8")
    (folder / "package-lock.json").unlink(missing_ok=True)  # it names what was replaced
    done = subprocess.run(NPM, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHereError(f"npm install failed in {folder.name}: {done.stderr[-800:]}")


def place_keys(build, folder):
    """The suite for ECDSA signs with the key pairs that the shared library ships."""
    if not (folder / "config" / "keys.json").exists():
        return
    source = build / "data-integrity-test-suite-assertion" / "tests" / "fixtures" / "keys" / "ecdsa"
    shutil.copytree(source, folder / KEYS, dirs_exist_ok=True)


def mocha(folder, report: Path, log: Path):
    """Run the suite in ``folder``; mocha writes its verdicts to ``report``. Exit code as mocha gives it."""
    command = [str(folder / "node_modules" / ".bin" / "mocha"), "tests/", "--timeout", "15000", "--preserve-symlinks"]
    command += ["--reporter", "json", "--reporter-option", f"output={report}"]
    with log.open("wb") as told:
        return subprocess.run(command, cwd=folder, stdout=told, stderr=subprocess.STDOUT, check=False).returncode
