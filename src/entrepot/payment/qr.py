"""Merchant-presented QR codes of payment requests: written from a request, and compared with it."""

from dataclasses import dataclass

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.payment._emvco.code import EmvCode, decode
from entrepot.payment._emvco.draft import BILL, Draft, MerchantAccount, encode
from entrepot.payment._emvco.image import png
from entrepot.payment._emvco.profile import GENERIC, PROFILES, check_profile, profile_of
from entrepot.payment.finding import finding
from entrepot.payment.request import PaymentRequest

__all__ = ["EmvCode", "Merchant", "check_qr", "decode", "encode", "png", "request_code"]
GENERIC_TAG = "26"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """How a payee is known to its payment scheme.

    ``name`` (25 characters) and ``city`` (15) in printable ASCII. ``objects``: what the scheme's account template
    holds beside its identifier, by id. ``guid``: the identifier, for the generic scheme only.
    """

    name: str
    city: str
    economy: str
    objects: dict[str, str]
    guid: str | None = None
    category: str = "0000"


def request_code(
    amount: Money, number: str, *, merchant: Merchant, scheme: str = GENERIC
) -> tuple[str | None, tuple[Finding, ...]]:
    """The code that asks for ``amount`` under bill ``number`` (of at most 25 characters): its text, or findings.

    Raises :class:`UsageError` for a scheme that is not known, and for the generic scheme without an identifier.
    """
    if scheme == GENERIC:
        if merchant.guid is None:
            raise UsageError("the generic scheme needs an identifier", remedy="Give the network's reverse domain name.")
        account = MerchantAccount(tag=GENERIC_TAG, guid=merchant.guid, objects=merchant.objects)
        written_format = "01"
    elif scheme in PROFILES:
        profile = PROFILES[scheme]
        account = MerchantAccount(tag=profile.tag, guid=profile.guid, objects=merchant.objects)
        written_format = profile.format
    else:
        raise UsageError(f"no such scheme: {scheme}", remedy="Use generic or " + ", ".join(PROFILES))
    return encode(
        Draft(
            accounts=(account,),
            currency=amount.currency,
            amount=amount,
            economy=merchant.economy,
            name=merchant.name,
            city=merchant.city,
            category=merchant.category,
            additional={BILL: number},
            format=written_format,
        )
    )


def network_of(request: PaymentRequest) -> str:
    """The identifier of the network to which the first account of the code belongs; empty where none can be read."""
    code, _ = decode(request.qr)
    return next((objects.get("00", "") for _, objects in code.accounts), "") if code else ""


def check_qr(request: PaymentRequest) -> tuple[Finding, ...]:
    """All findings of the code itself, and of its scheme, amount and currency against the request."""
    code, read = decode(request.qr)
    found = [each.at("$.qr") for each in read]
    if code is None:
        return tuple(found)
    profile = profile_of(code)
    if profile is not None:
        found += [each.at("$.qr") for each in check_profile(code, profile)]
    named = GENERIC if profile is None else profile.id
    if named != request.scheme:
        found.append(
            _differs(60, "The code is one of {code}; the request says {request}.", "$.scheme", named, request.scheme)
        )
    if code.amount != request.amount:
        stated = "no amount" if code.amount is None else str(code.amount)
        message = "The code asks for {code}; the request says {request}."
        found.append(_differs(61, message, "$.amount", stated, str(request.amount)))
    return tuple(found)


def _differs(number: int, message: str, path: str, code: str, request: str) -> Finding:
    return finding("EMVQR", number, message, path=path, remedy="Make a new code.", code=code, request=request)
