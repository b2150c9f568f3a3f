"""``entrepot document``: issue, secure, show in part, revoke and verify trade documents, whoever issued them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from entrepot.cli.anchors import MEMORY, SIGNERS
from entrepot.cli.bringing import bringing
from entrepot.cli.bundling import COMMANDS as BUNDLING
from entrepot.cli.examine import LOOPBACK_SETTING, Asked, examine, moment_of, resolver_of
from entrepot.cli.issuing import COMMANDS as ISSUING
from entrepot.cli.listing import COMMANDS as LISTING
from entrepot.cli.rendering import COMMANDS as RENDERING
from entrepot.cli.securing import COMMANDS as SECURING

__all__ = ["LOOPBACK_SETTING", "group", "resolver_of", "verify"]
AGE = click.FloatRange(min=0, max=36_525)
"""Days, at most a century."""
HOURS = click.FloatRange(min=0, max=876_600)
FILES = click.Path(path_type=Path)


@click.group()
def group() -> None:
    """Issue, secure, derive, revoke and verify trade documents, whoever issued them."""


for _each in (*ISSUING, *SECURING, *LISTING, *RENDERING, *BUNDLING):
    group.add_command(_each)


@group.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file, in the order of the files.")
@click.option("--offline", is_flag=True, help="Fetch nothing: neither identifiers nor status lists.")
@click.option("--did-doc", "did_docs", multiple=True, type=FILES, help="A DID document to use.")
@click.option("--anchors", multiple=True, type=FILES, help="A trust anchor list.")
@SIGNERS
@MEMORY
@bringing
@click.option("--bundle", type=FILES, help="A bundle: the document in it without FILES, and all that it brings.")
@click.option("--trust-bundle", "trusts_bundle", is_flag=True, help="Rely on what in the bundle proves nothing.")
@click.option("--mandate", "mandates", multiple=True, type=FILES, help="A mandate under which it was signed.")
@click.option("--identity", "identities", multiple=True, type=FILES, help="The issuer's Digital Identity Anchor.")
@click.option("--status-list", "lists", multiple=True, type=FILES, help="A status list to use.")
@click.option("--status-max-age", "--fresh", "fresh_hours", type=HOURS, help="Hours that a status list may be old.")
@click.option("--log-max-age", "log_days", type=AGE, help="Days after its last entry that a DID log is relied on.")
@click.option("--context", "contexts", multiple=True, help="A JSON-LD context to use: FILE, or URL=FILE.")
@click.option("--schema", "schemas", multiple=True, help="A JSON Schema that documents name: FILE, or URL=FILE.")
@click.option("--issued", multiple=True, type=FILES, help="What was observed of an OpenAttestation document (JSON).")
@click.option("--require", default="", help="Results that must be valid, separated by commas: status,anchor")
@click.option("--at", "moment", default="", help="The moment to judge for (RFC 3339, or 'bundle'); now by default.")
@click.option("--aud", "audience", help="To whom the holder must have presented it (SD-JWT).")
@click.option("--nonce", help="The occasion on which the holder must have presented it (SD-JWT).")
def verify(files: tuple[Path, ...], *, require: str, moment: str, **given: Any) -> int:
    """Verify FILES (- is standard input): credentials with proofs inside, vc+jwt, SD-JWT, OpenAttestation 2.0.

    Exit 0: all valid. 1: one is not, or is unknown. 2: one could not be read. 64: wrong use.

    Example: entrepot document verify invoice.json --json
    """
    asked = Asked(at=_moment(moment, given["bundle"]), required=_required(require), **given)
    if not files and asked.bundle is None:
        raise click.UsageError("give FILES or --bundle FILE")
    worst, files = 0, files or tuple(filter(None, [asked.bundle]))
    for each in examine(files, asked):
        if each.told:
            click.echo(each.told, err=True)
        if each.text:
            click.echo(each.text)
        worst = max(worst, each.code)
    return worst


def _moment(text: str, bundle: Path | None) -> datetime:
    """The moment to judge for; the word ``bundle`` is when that was made, as it says."""
    from entrepot.cli.bringing import bundle_of

    if text != "bundle":
        return moment_of(text, "--at")
    read = bundle_of(bundle)
    if read is None:
        raise click.UsageError("--at bundle needs --bundle FILE")
    return read.made


def _required(text: str) -> tuple[str, ...]:
    from entrepot.document.verify import RESULTS

    names = tuple(each.strip() for each in text.split(",") if each.strip())
    wrong = [each for each in names if each not in RESULTS]
    if wrong:
        raise click.UsageError(f"--require knows {', '.join(RESULTS)}; not {', '.join(wrong)}")
    return names
