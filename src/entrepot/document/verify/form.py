"""Schema: the form of the document, and the record that it renders."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.base.said import said, together
from entrepot.document.proof.credential import is_record_credential, record_of_credential
from entrepot.document.proof.model import check_claims, check_credential, check_token, is_v1
from entrepot.document.proof.opened import Secured
from entrepot.document.verify.jsonschema import Schemas
from entrepot.document.verify.report import Result, Verdict

_TOKEN_CLAIMS = frozenset({"iss", "iat", "nbf", "exp", "vct", "cnf", "sub", "jti"})


def rendered(secured: Secured) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record that the document renders; what a holder has cut out proves statements, but is no record."""
    if not is_record_credential(secured.vc):
        return None, ()
    vc = secured.vc
    if any(each.sd is not None for each in secured.proofs):
        vc = {name: each for name, each in vc.items() if name not in _TOKEN_CLAIMS}
    record, wrong = record_of_credential(vc)
    return record, () if secured.is_partial else wrong


def form(secured: Secured) -> tuple[Finding, ...]:
    """Every rule of the data model, or of a token, that the document breaks."""
    if any(each.sd is not None for each in secured.proofs):
        token = check_token(secured.vc)
        if "@context" not in secured.vc:
            return token
        return token + check_credential(secured.vc) + check_claims(secured.vc)
    return check_credential(secured.vc) + (check_claims(secured.vc) if secured.is_enveloped else ())


def schema(vc: Mapping[str, Any], findings: tuple[Finding, ...], schemas: Schemas | None = None) -> Result:
    """The answer that ``findings`` on the form give, and the schemas that the document names for itself."""
    if findings:
        first, more = findings[0], len(findings) - 1
        reason = said("{path}: {told}", path=first.path, told=first.told)
        if more:
            reason = together(reason, said("Further faults: {count}.", count=more))
        return Result(Verdict.INVALID, first.id, reason, first.to_json()["remedy"])
    if "credentialSchema" in vc:
        return (schemas or Schemas({})).judged(vc)
    version = "1.1" if is_v1(vc) else "2.0"
    return Result(Verdict.VALID, "data-model", said("It has the form of W3C VCDM {version}.", version=version))
