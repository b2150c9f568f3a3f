"""Write docs/reference and the README's table anew: ``python tools/reference``; ``--check`` only says what is stale."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from house.tree import Tree
from reference.origin import README, readme
from reference.page import build

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "reference"


def stale(files: dict[str, str], folder: Path) -> list[str]:
    """Names of files that differ, are missing, or are there without a cause."""
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    return sorted(
        name
        for name in there | set(files)
        if name not in files or name not in there or (folder / name).read_text("utf-8") != files[name]
    )


def main() -> int:
    """0 when the reference is as the code says (after writing it, always)."""
    files, first = build(Tree(ROOT)), readme(Tree(ROOT))
    changed, is_old = stale(files, FOLDER), first != (ROOT / README).read_text("utf-8")
    if "--check" in sys.argv:
        sys.stdout.write("".join(f"stale: docs/reference/{name}\n" for name in changed))
        sys.stdout.write(f"stale: {README}\n" if is_old else "")
        return int(bool(changed) or is_old)
    (ROOT / README).write_text(first, "utf-8")
    for name in changed:
        file = FOLDER / name
        if name not in files:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files[name], "utf-8")
    sys.stdout.write(f"docs/reference: {len(files)} files, {len(changed)} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
