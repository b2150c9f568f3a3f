"""Which option does something for which securing: one that would do nothing is wrong use, and said so."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from entrepot.party.key import PublicKey

_TOKEN, _SD_JWT, _SELECTIVE = "vc+jwt", "dc+sd-jwt", "ecdsa-sd-2023"
_JCS = frozenset({"eddsa-jcs-2022", "ecdsa-jcs-2019"})
_INTEGRITY = _JCS | {"eddsa-rdfc-2022", "ecdsa-rdfc-2019", _SELECTIVE}
TAKEN_BY: Mapping[str, frozenset[str]] = {
    "--purpose": _INTEGRITY,
    "--created": _INTEGRITY | {_SD_JWT},
    "--mandatory": frozenset({_SELECTIVE, _SD_JWT}),
    "--holder-key": frozenset({_SD_JWT}),
    "--schema-only": _JCS | {_TOKEN, _SD_JWT},
    "--proof-set": _INTEGRITY,
}
"""Option -> the securings for which it does something."""
WHY: Mapping[str, str] = {
    "--purpose": "a token is made for assertions alone",
    "--created": "a vc+jwt does not state when it was signed",
    "--mandatory": "all of it is shown in any case",
    "--holder-key": "a holder is bound to an SD-JWT alone",
    "--schema-only": "it signs meanings, and what has none is refused",
    "--proof-set": "a token stands alone in its file",
}


def refuse_idle(given: Mapping[str, object], proofs: Collection[str]) -> None:
    """Raise :class:`click.UsageError` for the first option in ``given`` that does nothing for any of ``proofs``.

    ``given``: option -> what was given for it; what is false was not given.
    """
    for option, value in given.items():
        if value and not TAKEN_BY[option] & set(proofs):
            names = ", ".join(proofs)
            takers = " or ".join(sorted(TAKEN_BY[option]))
            raise click.UsageError(f"{option} does nothing for {names}: {WHY[option]}; it is for {takers}")


def public_key_in(file: Path, option: str) -> "PublicKey":
    """The public key in the file that ``option`` names. Raises :class:`click.UsageError` where it cannot be read."""
    from entrepot.cli.examine import read_file
    from entrepot.document.proof.keyfile import read_public

    data, trouble = read_file(file)
    if data is None:
        raise click.UsageError(f"{option} {file}: {trouble}")
    return read_public(data)
