"""Currencies in force and their minor-unit digits (ISO 4217:2015, list one as published on 2026-01-01).

The table is written here, not read from a file, because base does no I/O. A test compares it with the list that the
``iso4217`` package carries. Codes for which the standard states no minor unit (gold, test codes) are left out.
"""

from entrepot.base.error import UsageError

PUBLISHED = "2026-01-01"
"""Publication date of the list that this table follows."""
_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
        CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
        IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
        MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
        SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
        YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}


def exponents() -> dict[str, int]:
    """Minor-unit digits of every currency in force, by its ISO 4217 code."""
    return dict(_EXPONENTS)


def is_currency(code: object) -> bool:
    """Whether ``code`` is an ISO 4217 code in force that has a minor unit."""
    return isinstance(code, str) and code in _EXPONENTS


def exponent(currency: str) -> int:
    """Minor-unit digits of ``currency`` (ISO 4217): 0 for JPY, 2 for MYR, 3 for KWD.

    Raises :class:`UsageError` for a code that the standard does not list with a minor unit.
    """
    if not is_currency(currency):
        raise UsageError(f"no ISO 4217 currency with a minor unit: {currency!r}", remedy="Use the three-letter code.")
    return _EXPONENTS[currency]
