"""CPU time of ``entrepot --help``: the goal is 150 ms.

Run: python bench/start.py
"""

import os
import statistics
import subprocess
import sys

ROUNDS = 9


def main() -> None:
    """Print the median and the fastest of nine runs, and of a bare interpreter beside them."""
    for name, command in (
        ("python -c pass", [sys.executable, "-c", "pass"]),
        ("entrepot --help", [sys.executable, "-m", "entrepot", "--help"]),
    ):
        times = [_cpu_ms(command) for _ in range(ROUNDS)]
        print(f"{name:16} CPU {statistics.median(times):5.0f} ms median, {min(times):5.0f} ms fastest of {ROUNDS}")


def _cpu_ms(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    return 1000 * (after.children_user + after.children_system - before.children_user - before.children_system)


if __name__ == "__main__":
    main()
