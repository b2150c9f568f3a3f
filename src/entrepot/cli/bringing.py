"""What a verifier brings along beside a document: logs, marks, evidence, whose word on time counts, and a bundle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.base.error import EntrepotError

if TYPE_CHECKING:
    from entrepot.cli.examine import Asked
    from entrepot.document.bundle import Bundle, Part, Role
    from entrepot.document.evidence.sighting import Timekeepers
    from entrepot.party.anchor import Anchors
    from entrepot.party.resolve import DidResolver, Fetch, Resolver

FILES = click.Path(path_type=Path)
OPTIONS = (
    click.option("--did-log", "logs", multiple=True, type=FILES, help="The log of a did:webvh to use."),
    click.option("--witness", type=FILES, help="The witness proofs beside those logs."),
    click.option("--compromised", multiple=True, type=FILES, help="Marks of compromised keys."),
    click.option("--evidence", multiple=True, type=FILES, help="A receipt, RFC 3161 token or counter-signature."),
    click.option("--trust-time", "timekeepers", multiple=True, help="DID of a log or witness trusted on time."),
    click.option(
        "--trust-log",
        "trusted_logs",
        multiple=True,
        help="DID of a log trusted to keep proven records, not on time: a trusted witness cosigned it.",
    ),
    click.option("--tsa", "authorities", multiple=True, type=FILES, help="Certificate of a trusted TSA, or its root."),
)


def bringing(command: Any) -> Any:
    """The options of this module, for a command."""
    for each in reversed(OPTIONS):
        command = each(command)
    return command


class BundleError(EntrepotError):
    """A bundle that cannot be used; the message names the part."""

    code = "bundle"


def bundle_of(file: Path | None) -> "Bundle | None":
    """The bundle in ``file``. Raises :class:`BundleError` naming every part that is damaged."""
    from entrepot.cli.kept import read_file
    from entrepot.document.bundle import LIMITS, read_bundle

    if file is None:
        return None
    bundle, findings = read_bundle(read_file(file, LIMITS.bytes_max))
    if bundle is None:
        text = "; ".join(f"{each.path}: {each.text}" for each in findings[:10])
        raise BundleError(f"{file}: {text}", remedy=findings[0].remedy, code=findings[0].id)
    return bundle


def timekeepers_of(dids: tuple[str, ...], logs: tuple[str, ...], files: tuple[Path, ...]) -> "Timekeepers":
    """Whose word on time the options name, and which logs are trusted in what they keep."""
    from entrepot.cli.examine import needed
    from entrepot.document.evidence.sighting import Timekeepers
    from entrepot.party.did import is_did

    wrong = [each for each in (*dids, *logs) if not is_did(each)]
    if wrong:
        raise click.UsageError(f"--trust-time and --trust-log take a DID, not {wrong[0][:80]}")
    named = Timekeepers(dids=frozenset(dids), logs=frozenset(logs))
    if not files:
        return named
    from entrepot.document._rfc3161 import read_certificates

    read = [each for file in files for each in read_certificates(needed(file, "--tsa"))]
    return replace(named, certificates=tuple(read))


class Brought:
    """The parts of a bundle, each in its place; nothing where there is none.

    ``is_vouched``: the verifier stands for the bundle, so that what proves nothing by itself counts too.
    """

    def __init__(self, bundle: "Bundle | None", *, is_vouched: bool) -> None:
        self.bundle, self._is_vouched = bundle, is_vouched

    @property
    def status_lists(self) -> list[bytes]:
        """Status lists: signed by the issuer."""
        return self._of("status-list")

    @property
    def known(self) -> datetime | None:
        """When all in the bundle was current, where the verifier stands for that."""
        return self.bundle.made if self.bundle is not None and self._is_vouched else None

    @property
    def mandates(self) -> list[bytes]:
        """Mandates: signed."""
        return self._of("mandate")

    @property
    def identities(self) -> list[bytes]:
        """Identity anchors: signed by registrars."""
        return self._of("identity")

    @property
    def evidence(self) -> list[bytes]:
        """Evidence: signed by timekeepers, whom options name."""
        return self._of("evidence")

    @property
    def contexts(self) -> dict[str, Mapping[str, Any]]:
        """Contexts whose text is the known one of their URL, and where the bundle is vouched for all others."""
        from entrepot.document.proof.named import read_contexts, url_of

        found: dict[str, Mapping[str, Any]] = {}
        for part in self._parts("context"):
            named, _ = read_contexts([(part.name, part.data)])
            is_known = all(url_of(text) == url for url, text in named.items())
            found |= named if is_known or self._is_vouched else {}
        return found

    @property
    def schemas(self) -> dict[str, bytes]:
        """Schemas, where the bundle is vouched for."""
        return {each.name: each.data for each in self._parts("schema")} if self._is_vouched else {}

    def anchors(self, given: "Anchors | None", signers: tuple[str, ...], memory: Path | None) -> "Anchors | None":
        """``given``, and the lists of the bundle that somebody signed whom an option names; all where it is vouched."""
        from entrepot.cli.anchors import admitted
        from entrepot.party.anchor import Anchors

        found = [admitted(each.data, signers, memory) for each in self._parts("anchors")]
        told = [(each, why) for each, why in found if each is not None and (each.signer or self._is_vouched)]
        if not told:
            return given
        lists = tuple(each for each, why in told if not why)
        refused = tuple(finding for _, why in told for finding in why)
        before = given if given is not None else Anchors(())
        return Anchors((*before.lists, *lists), (*before.refused, *refused))

    def resolver(self, asked: "Asked", fetch: "Fetch | None") -> "Resolver":
        """What was given first, then what can be fetched, then the bundle."""
        from entrepot.party.bundled import BundledResolver

        first = _given(asked, fetch)
        if self.bundle is None:
            return first
        return BundledResolver(first, self._brought(), is_vouched=self._is_vouched)

    def _brought(self) -> "DidResolver":
        from entrepot.party.compromise import read_marks
        from entrepot.party.resolve import DidResolver, read_document
        from entrepot.party.webvh import GivenLog

        witness = {each.name: each.data for each in self._parts("did-witness")}
        documents = [read_document(each.data).document for each in self._parts("did-document")]
        return DidResolver(
            documents=[each for each in documents if each is not None],
            logs=[GivenLog(each.name, each.data, witness.get(each.name)) for each in self._parts("did-log")],
            marks=[read_marks(each.data) for each in self._parts("compromised")],
            clock=lambda: datetime.now(UTC),
        )

    def _parts(self, role: str) -> "tuple[Part, ...]":
        return () if self.bundle is None else self.bundle.of(_role(role))

    def _of(self, role: str) -> list[bytes]:
        return [each.data for each in self._parts(role)]


def _role(name: str) -> "Role":
    from entrepot.document.bundle import Role

    return Role(name)


def _given(asked: "Asked", fetch: "Fetch | None") -> "DidResolver":
    """The resolver of what options name. Witness proofs serve every log: those of another log count for nothing."""
    from entrepot.cli.examine import did_document, needed
    from entrepot.cli.kept import read_file
    from entrepot.party.compromise import read_marks
    from entrepot.party.resolve import DidResolver
    from entrepot.party.webvh import LOG_BYTES_MAX, given_log

    witness = read_file(asked.witness, LOG_BYTES_MAX) if asked.witness is not None else None
    return DidResolver(
        fetch=fetch,
        documents=[did_document(each) for each in asked.did_docs],
        logs=[given_log(read_file(each, LOG_BYTES_MAX), witness) for each in asked.logs],
        marks=[read_marks(needed(each, "--compromised")) for each in asked.compromised],
        clock=lambda: datetime.now(UTC),
    )
