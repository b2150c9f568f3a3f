"""A time-stamp token taken apart: what was stamped, when, and who signed how. Nothing is verified here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms, tsp

HASHES: dict[str, Callable[[bytes], Any]] = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
"""Digests that are relied on; SHA-1 is not."""
_GRANTED = ("granted", "granted_with_mods")


class TokenError(Exception):
    """The bytes are no token that says anything; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """``imprint`` under ``hash_name``; ``moment`` by which it existed: ``genTime`` with the accuracy added.

    ``generated``: ``genTime``. ``content``: what the signed attributes speak of; ``signer``: the one SignerInfo;
    ``certificates``: DER of those that came with it.
    """

    hash_name: str
    imprint: bytes
    generated: datetime
    moment: datetime
    content: bytes
    signer: Any
    certificates: tuple[bytes, ...]


def read_token(data: bytes) -> Token:
    """The token in a TimeStampResp that grants it (RFC 3161, 2.4.2), or the bare token. Raises :class:`TokenError`."""
    try:
        return _token(_signed_data(data))
    except TokenError:
        raise
    except Exception as wrong:  # noqa: BLE001 - the parser raises many types; whatever it is, this is no token
        raise TokenError(f"not DER of a token: {str(wrong).splitlines()[0][:200]}") from None


def _signed_data(data: bytes) -> Any:
    content = cms.ContentInfo.load(data, strict=True) if _is_bare(data) else _granted(data)
    if content["content_type"].native != "signed_data":
        raise TokenError("the token is not signed data")
    return content["content"]


def _is_bare(data: bytes) -> bool:
    """Whether a ContentInfo, which begins with an OBJECT IDENTIFIER, and not a response, which begins with a status."""
    length = data[1] & 0x7F if len(data) > 1 and data[1] & 0x80 else 0
    return data[2 + length : 3 + length] == b"\x06"


def _granted(data: bytes) -> Any:
    response = tsp.TimeStampResp.load(data, strict=True)
    status = response["status"]["status"].native
    if status not in _GRANTED:
        raise TokenError(f"the authority answered {status}")
    return response["time_stamp_token"]


def _token(signed: Any) -> Token:
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info":
        raise TokenError("what is signed is no TSTInfo")
    content = bytes(encapsulated["content"])
    stamped = tsp.TSTInfo.load(content, strict=True)
    if stamped["version"].native != "v1" or len(signed["signer_infos"]) != 1:
        raise TokenError("it is of another version, or not signed by one signer")
    unknown = [each for each in (stamped["extensions"].native or []) if each["critical"]]
    if unknown:
        raise TokenError("it carries a critical extension that is not known here")
    accuracy = stamped["accuracy"].native or {}
    generated = stamped["gen_time"].native
    inexact = timedelta(
        seconds=accuracy.get("seconds") or 0,
        milliseconds=accuracy.get("millis") or 0,
        microseconds=accuracy.get("micros") or 0,
    )
    return Token(
        hash_name=stamped["message_imprint"]["hash_algorithm"]["algorithm"].native,
        imprint=stamped["message_imprint"]["hashed_message"].native,
        generated=generated,
        moment=generated + inexact,
        content=content,
        signer=signed["signer_infos"][0],
        certificates=_certificates(signed),
    )


def _certificates(signed: Any) -> tuple[bytes, ...]:
    listed = signed["certificates"]
    found = [each.chosen.dump() for each in listed if each.name == "certificate"] if listed.native is not None else []
    if len(found) > 20:
        raise TokenError("it brings more than 20 certificates")
    return tuple(bytes(each) for each in found)
