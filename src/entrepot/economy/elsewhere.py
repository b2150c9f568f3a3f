"""Business numbers of economies that have no file here: a trader there is checked as far as python-stdnum can.

Source: python-stdnum 2.2, the module of each number and the references it names (secondary; none was compared with the
register itself). So what fails is a warning, never a refusal.
"""

import importlib
from collections.abc import Mapping

from entrepot.economy.shape import Scheme

ELSEWHERE: Mapping[str, str] = {
    "AD": "nrt",
    "AL": "nipt",
    "AR": "cuit",
    "AT": "uid",
    "AZ": "voen",
    "BE": "vat",
    "BG": "vat",
    "BR": "cnpj",
    "BY": "unp",
    "CH": "uid vat",
    "CO": "nit",
    "CR": "cpj",
    "CY": "vat",
    "CZ": "dic",
    "DE": "vat handelsregisternummer stnr",
    "DK": "cvr",
    "DO": "rnc",
    "DZ": "nif",
    "EC": "ruc",
    "EE": "kmkr registrikood",
    "EG": "tn",
    "ES": "nif cif",
    "FI": "alv ytunnus",
    "FO": "vn",
    "FR": "siren siret tva",
    "GB": "vat",
    "GH": "tin",
    "GN": "nifp",
    "GR": "vat",
    "GT": "nit",
    "HR": "oib",
    "HU": "anum",
    "IE": "vat",
    "IL": "hp",
    "IN": "gstin pan",
    "IS": "vsk kennitala",
    "IT": "iva",
    "KE": "pin",
    "LI": "peid",
    "LT": "pvm",
    "LU": "tva",
    "LV": "pvn",
    "MA": "ice",
    "MC": "tva",
    "MD": "idno",
    "ME": "pib",
    "MK": "edb",
    "MT": "vat",
    "MZ": "nuit",
    "NL": "btw",
    "NO": "orgnr mva",
    "PL": "nip regon",
    "PT": "nif",
    "PY": "ruc",
    "RO": "cui onrc",
    "RS": "pib",
    "SE": "orgnr vat",
    "SI": "ddv maticna",
    "SK": "dph",
    "SM": "coe",
    "SN": "ninea",
    "SV": "nit",
    "TN": "mf",
    "TR": "vkn",
    "UA": "edrpou",
    "UY": "rut",
    "VE": "rif",
    "ZA": "tin",
}
"""Alpha-2 code -> the schemes, each by the name of its module."""
RENAMED = {"IN": "in_", "IS": "is_"}
"""Packages whose code is a word of Python."""


def scheme_elsewhere(code: str, key: str) -> Scheme | None:
    """The scheme ``key`` of an economy without a file; None where python-stdnum has no check of that name."""
    if key not in ELSEWHERE.get(code, "").split():
        return None
    module = f"{RENAMED.get(code, code.lower())}.{key}"
    return Scheme(
        scheme=key,
        name=_title(module),
        authority=f"the register of {code}",
        check=f"stdnum:{module}",
        doubt=True,
        source="stdnum",
    )


def _title(module: str) -> str:
    """What the module says it checks: the first line of its own description."""
    described = importlib.import_module(f"stdnum.{module}").__doc__ or ""
    return described.strip().partition("\n")[0].removesuffix(".")[:200]
