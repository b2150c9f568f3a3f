"""The API against its own OpenAPI description, at a real node, for every role: schemathesis with all its checks.

    python tests/proof/api.py --examples 200                   every phase, a seed of the day
    python tests/proof/api.py --examples 5 --seed 1 --once     the sample of .ci/run

Each role is run twice: with the ids of a sale of its own, and (not with --once) with made-up ids. The node's log must
stay free of errors. One check is left out: that data which fits the schema is accepted. A record that fits its schema
may still break rules of its kind, and the answer then is 422 with findings, as described.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "node"))

from rig import paper
from rig.outside import Node

ROLES = ("nobody", "viewer", "clerk", "owner", "operator")
LEFT_OUT = "positive_data_acceptance"
CONFIG = """
[parameters]
sale = "{sale}"
record_id = "{sale}"
digest = "{digest}"
securing = "vc+jwt"
reporter = "MY"
"""


def run(node, token, *, examples, seed, config):
    """Run schemathesis; its exit code and what it printed."""
    command = [str(Path(sys.executable).with_name("schemathesis"))]
    command += ["--config-file", str(config)] if config else []
    command += ["run", f"{node.url}/api/v1/openapi.json", "--checks", "all", "--exclude-checks", LEFT_OUT]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--suppress-health-check", "all"]
    command += ["--header", f"Authorization: Bearer {token}"] if token else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=node.folder)
    return done.returncode, done.stdout + done.stderr


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--examples", type=int, default=200)
    asked.add_argument("--seed", type=int, default=int(f"{datetime.now(UTC):%Y%m%d}"))
    asked.add_argument("--role", choices=ROLES)
    asked.add_argument("--once", action="store_true", help="only with the ids of an own sale")
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder) / "node", ENTREPOT_RATE_PER_MINUTE="1000000")
        try:
            return prove(node.start(), wanted)
        finally:
            node.stop()


def prove(node, wanted):
    buyer, seller = node.trader("buyer", "owner"), node.trader("seller")
    draft = paper.naming(paper.order(buyer.party, seller.party), paper.file(b"as received"))
    sale = buyer.issue(draft).json()["id"]
    digest = buyer.get(f"/api/v1/records/{sale}").json()["attachments"][0]
    config = node.folder / "real.toml"
    config.write_text(CONFIG.format(sale=sale, digest=digest), "utf-8")
    tokens = {"nobody": "", "owner": buyer.token, "operator": node.operator.token}
    for role in ("viewer", "clerk"):
        body = {"party": buyer.party, "role": role, "label": "proof"}
        tokens[role] = node.operator.post("/api/v1/operator/tokens", body).json()["secret"]
    failed = 0
    for role in [wanted.role] if wanted.role else ROLES:
        for kind, file in (("own sale", config), ("made-up ids", None))[: 1 if wanted.once else 2]:
            code, told = run(node, tokens[role], examples=wanted.examples, seed=wanted.seed, config=file)
            counts = next((line.strip() for line in told.splitlines() if " generated," in line), "nothing generated")
            say(f"{role:9} {kind:12} {'held' if code == 0 else 'DID NOT HOLD'}  {counts}")
            if code:
                failed += 1
                say(told)
    errors = [line for line in node.told.splitlines() if '"unexpected error' in line or "Traceback" in line]
    for line in errors[:20]:
        say(f"in the log: {line[:500]}")
    say(f"seed {wanted.seed}, {wanted.examples} examples: {failed} runs did not hold, {len(errors)} errors in the log")
    return int(bool(failed or errors))


if __name__ == "__main__":
    sys.exit(main())
