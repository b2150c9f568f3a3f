"""Container numbers: owner code, category, six digits, check digit (ISO 6346)."""

import re

_FORM = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
# Letters count from 10, leaving out the multiples of 11, which the check could not tell from zero.
_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (v for v in range(10, 39) if v % 11), strict=True))


def check_digit(first_ten: str) -> int:
    """The check digit for the first ten characters of a container number."""
    total = sum((_VALUES.get(each) or int(each)) << place for place, each in enumerate(first_ten))
    return total % 11 % 10


def check_digit_holds(number: str) -> bool:
    """Whether ``number`` has the form of a container number and ends with its check digit."""
    return _FORM.fullmatch(number) is not None and check_digit(number[:10]) == int(number[10])
