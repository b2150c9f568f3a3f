"""``entrepot document secure`` and ``derive``: sign any credential with any key; show a part of one."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from entrepot.cli.answer import JSON, print_files, print_made
from entrepot.cli.examine import given_contexts, moment_of, read_file

if TYPE_CHECKING:
    from entrepot.document.proof.keyfile import FileKey
    from entrepot.document.proof.opened import Secured
    from entrepot.document.proof.securing import Terms

FILES = click.Path(path_type=Path)
INPUT = click.Path(path_type=Path, allow_dash=True)


@click.command()
@click.argument("file", type=INPUT)
@click.option("--key", "keys", multiple=True, required=True, type=FILES, help="A Multikey pair or private JWK (JSON).")
@click.option("--proof", "proofs", multiple=True, required=True, help="The securing; several give several files.")
@click.option("--created", default="", help="When it is signed (RFC 3339); now by default.")
@click.option("--verification-method", "method", default="", help="DID URL of the key; by default as the key says.")
@click.option("--purpose", default="", help="What the proof is made for; assertionMethod by default.")
@click.option("--mandatory", multiple=True, help="JSON Pointer of what a holder cannot leave out; '' is everything.")
@click.option("--holder-key", "holder", type=FILES, help="Key to which an SD-JWT is bound (public part is enough).")
@click.option("--context", "contexts", multiple=True, help="A JSON-LD context to use: FILE, or URL=FILE.")
@click.option("--schema-only", is_flag=True, help="Sign also what no context gives a meaning (jcs suites, tokens).")
@click.option("--proof-set", "is_set", is_flag=True, help="All proofs in one file, with those it has already.")
@click.option("--out", type=FILES, help="File to write; with several proofs the folder. Else standard output.")
@JSON
def secure(file: Path, *, proofs: tuple[str, ...], is_set: bool, out: Path | None, as_json: bool, **given: Any) -> int:
    """Sign the credential in FILE (- is standard input).

    Every term must have a meaning in the contexts that it names, whatever the proof. Exit 0: signed. 1: the credential
    breaks the data model or cannot be signed so. 2: a file cannot be read. 64: wrong use, as an option that the proof
    does not take.

    Example: entrepot document secure invoice.json --key key.json --proof eddsa-jcs-2022 --out signed.json
    """
    from entrepot.document.proof.rdf import NotRdfError

    _refuse_idle(given, proofs, is_set)
    document = _document(file)
    if document is None:
        return 2
    keys = [_key(each) for each in given["keys"]]
    if any(each is None for each in keys):
        return 2
    if _breaks_model(document):
        return 1
    wishes = _Wishes(document, [each for each in keys if each is not None], given)
    if not given["schema_only"] and wishes.is_unsafe():
        return 1
    try:
        made = [wishes.together(proofs)] if is_set else [wishes.alone(name) for name in proofs]
    except NotRdfError as wrong:
        click.echo(f"entrepot: {wrong.message} ({wrong.error_code})", err=True)
        return 1
    wishes.refuse_unused_keys()
    names = ["proof-set"] if is_set else list(proofs)
    if out is None:
        print_made(made, as_json=as_json)
    else:
        _write(made, names, out, str(document.get("id") or file.stem), as_json=as_json)
    return 0


def _refuse_idle(given: Mapping[str, Any], proofs: tuple[str, ...], is_set: bool) -> None:
    from entrepot.cli.fitting import refuse_idle
    from entrepot.document.proof.securing import SECURINGS

    if all(each in SECURINGS for each in proofs):  # what is no securing is told with the names of all
        names = ("purpose", "created", "mandatory", "schema_only")
        told = {f"--{name.replace('_', '-')}": given[name] for name in names}
        refuse_idle({**told, "--holder-key": given["holder"], "--proof-set": is_set}, proofs)


class _Wishes:
    """One document and how it is to be signed."""

    def __init__(self, document: Mapping[str, Any], keys: list["FileKey"], given: Mapping[str, Any]) -> None:
        self._document = document
        self._keys = keys
        self._given = given
        self._created = moment_of(given["created"], "--created")
        self._terms = _terms(document, given)
        self._used: set[int] = set()

    def is_unsafe(self) -> bool:
        """Whether something in the document means nothing; that, and what cannot be told, is printed."""
        from entrepot.base.finding import Severity
        from entrepot.document.proof.safe import unsafe
        from entrepot.document.proof.securing import signable

        signable(self._document)
        found = unsafe(self._document, self._terms.contexts)
        for each in found:
            told = f"entrepot: {each.severity} {each.id} {each.path}: {each.text} {each.remedy} ({each.source})"
            click.echo(told, err=True)
        is_unsafe = any(each.severity is Severity.BLOCKING for each in found)
        if is_unsafe:
            click.echo("  --schema-only signs by form alone (jcs suites, tokens).", err=True)
        return is_unsafe

    def refuse_unused_keys(self) -> None:
        """Raise :class:`click.UsageError` where a key was given that signed nothing."""
        if len(self._used) < len(self._keys):
            raise click.UsageError("a --key was given that no --proof takes; each proof takes the first that fits it")

    def alone(self, name: str) -> bytes:
        """The document with one proof."""
        from entrepot.document.proof.securing import secure as sign

        if "proof" in self._document:
            raise click.UsageError("it carries a proof; --proof-set adds to it")
        key = self._fitting(name)
        method = self._given["method"] or key.method_id
        return sign(self._document, key.pair, method_id=method, securing=name, created=self._created, terms=self._terms)

    def together(self, names: tuple[str, ...]) -> bytes:
        """The document with all proofs in it, those it had first."""
        from entrepot.base.canonical import canonical
        from entrepot.document.proof.model import items_of
        from entrepot.document.proof.securing import proof_of, signable

        signable(self._document)
        plain = {name: each for name, each in self._document.items() if name != "proof"}
        proofs = items_of(self._document["proof"]) if "proof" in self._document else []
        for name in names:
            key = self._fitting(name, in_set=True)
            method = self._given["method"] or key.method_id
            proofs.append(
                proof_of(plain, key.pair, method_id=method, securing=name, created=self._created, terms=self._terms)
            )
        return canonical({**plain, "proof": proofs if len(proofs) != 1 else proofs[0]})

    def _fitting(self, name: str, *, in_set: bool = False) -> "FileKey":
        from entrepot.document.proof.integrity import CRYPTOSUITES
        from entrepot.document.proof.securing import SECURINGS
        from entrepot.party.jws import ALGORITHMS

        known = tuple(CRYPTOSUITES) if in_set else SECURINGS
        if name not in known:
            raise click.UsageError(f"--proof knows {', '.join(known)}; not {name}")
        curves = CRYPTOSUITES.get(name, tuple(ALGORITHMS.values()))
        for number, key in enumerate(self._keys):
            if key.pair.curve in curves:
                self._used.add(number)
                return key
        raise click.UsageError(f"{name} takes a key of {' or '.join(dict.fromkeys(map(str, curves)))}")


def _terms(document: Mapping[str, Any], given: Mapping[str, Any]) -> "Terms":
    from entrepot.cli.fitting import public_key_in
    from entrepot.document.proof.meaning import Contexts
    from entrepot.document.proof.named import contexts_for
    from entrepot.document.proof.securing import Terms

    named, unnamed = given_contexts(given["contexts"])
    holder = None if given["holder"] is None else public_key_in(given["holder"], "--holder-key")
    return Terms(
        purpose=given["purpose"] or "assertionMethod",
        mandatory=given["mandatory"] or None,
        holder=holder,
        entropy=secrets.token_bytes,
        contexts=Contexts(contexts_for(document, named, unnamed)),
    )


@click.command()
@click.argument("file", type=INPUT)
@click.option("--reveal", multiple=True, help="JSON Pointer of what is shown; '' is everything.")
@click.option("--aud", "audience", default="", help="To whom it is presented (SD-JWT).")
@click.option("--nonce", default="", help="The verifier's word for this occasion (SD-JWT).")
@click.option("--holder-key", "holder", type=FILES, help="The holder's key: binds the SD-JWT to --aud and --nonce.")
@click.option("--created", default="", help="When it is presented (RFC 3339); now by default.")
@click.option("--context", "contexts", multiple=True, help="A JSON-LD context to use: FILE, or URL=FILE.")
@click.option("--out", type=FILES, help="File to write; else standard output.")
@JSON
def derive(file: Path, *, reveal: tuple[str, ...], out: Path | None, as_json: bool, **given: Any) -> int:
    """Show a part of the document in FILE: ecdsa-sd-2023 with a base proof, or an SD-JWT.

    Exit 0: done. 1: it cannot be derived from. 2: the file cannot be read. 64: wrong use, as an option that the
    document does not take.

    Example: entrepot document derive invoice.ecdsa-sd-2023.json --reveal /credentialSubject/number
    """
    from entrepot.base.error import EntrepotError

    data, trouble = read_file(file)
    if data is None:
        click.echo(f"entrepot: {file}: {trouble}", err=True)
        return 2
    try:
        made = _derived(data, reveal, given)
    except EntrepotError as wrong:
        click.echo(f"entrepot: {wrong.message} {wrong.remedy}".rstrip(), err=True)
        return 1
    if made is None:
        click.echo(f"entrepot: {file}: neither a credential nor an SD-JWT", err=True)
        return 2
    if out is None:
        print_made([made], as_json=as_json)
    else:
        out.write_bytes(made)
        print_files([out], as_json=as_json)
    return 0


def _derived(data: bytes, reveal: tuple[str, ...], given: Mapping[str, Any]) -> bytes | None:
    from entrepot.document.proof.deriving import derived
    from entrepot.document.proof.meaning import Contexts
    from entrepot.document.proof.named import contexts_for
    from entrepot.document.proof.opened import open_secured

    opened, _ = open_secured(data)
    if opened is None:
        return None
    _refuse_idle_in(opened, given)
    named, unnamed = given_contexts(given["contexts"])
    contexts = Contexts(contexts_for(opened.vc, named, unnamed))
    return derived(opened, reveal, contexts=contexts, binding=_binding(given))


def _refuse_idle_in(opened: "Secured", given: Mapping[str, Any]) -> None:
    """Raise :class:`click.UsageError` for an option that does nothing for this kind of document."""
    options = {"--aud": "audience", "--nonce": "nonce", "--holder-key": "holder", "--created": "created"}
    taker = "an SD-JWT"
    if any(each.sd is not None for each in opened.proofs):
        options, taker = {"--context": "contexts"}, "ecdsa-sd-2023"
    for option, name in options.items():
        if given[name]:
            raise click.UsageError(f"{option} does nothing for {opened.securing or 'this file'}; it is for {taker}")


def _binding(given: Mapping[str, Any]) -> Any:
    from entrepot.base.moment import to_millis

    if given["holder"] is None:
        for option, name in (("--aud", "audience"), ("--nonce", "nonce"), ("--created", "created")):
            if given[name]:
                raise click.UsageError(f"{option} needs --holder-key")
        return None
    if not given["audience"] or not given["nonce"]:
        raise click.UsageError("--holder-key needs --aud and --nonce")
    key = _key(given["holder"])
    if key is None:
        raise click.UsageError(f"--holder-key {given['holder']}: no key in it")
    seconds = to_millis(moment_of(given["created"], "--created")) // 1000
    return key.pair, given["audience"], given["nonce"], seconds


def _document(file: Path) -> Mapping[str, Any] | None:
    from entrepot.base.jsontext import read_json
    from entrepot.document.proof.opened import LIMITS

    data, trouble = read_file(file)
    value, findings = read_json(data, LIMITS) if data is not None else (None, ())
    if not isinstance(value, dict):
        reason = trouble or (findings[0].text if findings else "not a JSON object")
        click.echo(f"entrepot: {file}: {reason}", err=True)
        return None
    return value


def _key(file: Path) -> "FileKey | None":
    from entrepot.document.proof.keyfile import read_key
    from entrepot.party.error import KeyFormError

    data, trouble = read_file(file)
    try:
        if data is not None:
            return read_key(data)
    except KeyFormError as wrong:
        trouble = f"{wrong.message} {wrong.remedy}".rstrip()
    click.echo(f"entrepot: {file}: {trouble}", err=True)
    return None


def _breaks_model(document: Mapping[str, Any]) -> bool:
    from entrepot.document.proof.model import check_credential, check_presentation, items_of

    is_presentation = "VerifiablePresentation" in items_of(document.get("type"))
    findings = check_presentation(document, is_secured=True) if is_presentation else check_credential(document)
    for each in findings:
        click.echo(f"entrepot: {each.id} {each.path}: {each.text} ({each.source})", err=True)
    return bool(findings)


def _write(made: list[bytes], names: list[str], out: Path, title: str, *, as_json: bool) -> None:
    from entrepot.document.proof.securing import ENDINGS

    if len(made) == 1:
        out.write_bytes(made[0])
        print_files([out], as_json=as_json)
        return
    out.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.")[-80:] or "document"
    paths = [out / f"{slug}.{name.replace('+', '-')}.{ENDINGS.get(name, 'json')}" for name in names]
    for path, each in zip(paths, made, strict=True):
        path.write_bytes(each)
    for path in () if as_json else paths:
        click.echo(str(path))
    print_files(paths, as_json=as_json)


COMMANDS = (secure, derive)
"""What ``entrepot document`` offers from here."""
