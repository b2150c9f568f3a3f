"""National profiles: how a scheme fills the merchant account template. Thin on purpose; most schemes are read
as ``generic``."""

from dataclasses import dataclass

from entrepot.base.finding import Finding
from entrepot.payment._emvco.code import EmvCode
from entrepot.payment.finding import finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One scheme: ``tag`` and ``guid`` of its template, ``currencies`` it is paid in, ``format`` of data object 00,
    ``objects`` that its template must hold with their longest length. ``confirmed`` is False where the scheme
    owner's own text was not read."""

    id: str
    economy: str
    tag: str
    guid: str
    currencies: tuple[str, ...]
    source: str
    format: str = "01"
    objects: tuple[tuple[str, int], ...] = ()
    confirmed: bool = False


GENERIC = "generic"
PROFILES = {
    each.id: each
    for each in (
        Profile(
            id="my-duitnow",
            economy="MY",
            tag="26",
            guid="A0000006150001",
            currencies=("MYR",),
            format="02",
            objects=(("01", 6), ("02", 28)),
            source="PayNet DuitNow QR, merchant-presented mode V1.5, through public codes and descriptions (2026-11)",
        ),
        Profile(
            id="sg-paynow",
            economy="SG",
            tag="26",
            guid="SG.PAYNOW",
            currencies=("SGD",),
            objects=(("01", 1), ("02", 99)),
            source="public codes (2026)",
        ),
        Profile(
            id="th-promptpay",
            economy="TH",
            tag="29",
            guid="A000000677010111",
            currencies=("THB",),
            source="public codes (2026)",
        ),
        Profile(
            id="vn-vietqr",
            economy="VN",
            tag="38",
            guid="A000000727",
            currencies=("VND",),
            objects=(("01", 99), ("02", 8)),
            source="public codes (2026)",
        ),
    )
}


def profile_of(code: EmvCode) -> Profile | None:
    """The profile whose identifier one of the code's account templates carries; None reads as ``generic``."""
    for tag, objects in code.accounts:
        for each in PROFILES.values():
            if each.tag == tag and each.guid.casefold() == objects.get("00", "").casefold():
                return each
    return None


def check_profile(code: EmvCode, profile: Profile) -> tuple[Finding, ...]:
    """What ``code`` lacks against ``profile``. Warnings only, since no profile's primary text is confirmed."""
    objects = dict(code.accounts).get(profile.tag, {})
    found = []
    for tag, most in profile.objects:
        if not 1 <= len(objects.get(tag, "")) <= most:
            found.append(_warn(50, "Object {tag} has 1 to {most} characters.", profile, tag=tag, most=str(most)))
    if code.currency not in profile.currencies:
        found.append(_warn(51, "The scheme pays in {money}.", profile, money=", ".join(profile.currencies)))
    if code.value("00") != profile.format:
        found.append(_warn(52, "Data object 00 is {format} in this scheme.", profile, format=profile.format))
    return tuple(found)


def _warn(number: int, message: str, profile: Profile, **given: str) -> Finding:
    remedy = "Compare with the scheme's own specification."
    path = f"$.{profile.tag}"
    return finding(
        "EMVQR", number, message, severity="warning", path=path, source=profile.source, remedy=remedy, **given
    )
