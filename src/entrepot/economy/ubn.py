"""The unified business number of eight digits, under the rule that holds since 1 April 2023.

python-stdnum 2.2 still asks for divisibility by ten, as the older numbers have it, and would refuse numbers that are
given today; hence this check of our own.
"""

import re

WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
DIVISOR = 5
"""Divisor since 1 April 2023 (before: 10; every older number fits the newer rule)."""


def has_form(number: str) -> bool:
    """Whether ``number`` is eight ASCII digits."""
    return re.fullmatch("[0-9]{8}", number) is not None


def holds(number: str) -> bool:
    """Whether the weighted digit sum of an eight-digit ``number`` fits; a seventh digit 7 (product 28, digit sum 10)
    may count as 1 or as 0."""
    total = sum(sum(divmod(weight * int(digit), 10)) for weight, digit in zip(WEIGHTS, number, strict=True))
    return total % DIVISOR == 0 or (number[6] == "7" and (total + 1) % DIVISOR == 0)
