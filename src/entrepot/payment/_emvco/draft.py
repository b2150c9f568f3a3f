"""Writing a code: everything that the specification asks for is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from entrepot.base.amount import format_decimal
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.payment._emvco.code import ACCOUNTS, PAYLOAD_LENGTH_MAX, alphabetic
from entrepot.payment._emvco.field import SOURCE, VALUE_LENGTH_MAX, Field, checksum, join
from entrepot.payment.finding import finding

_PRINTABLE = re.compile(r"[ -~]+", re.ASCII)
BILL, REFERENCE, TERMINAL, PURPOSE = "01", "05", "07", "08"
"""Ids inside the additional data template (62)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantAccount:
    """A merchant account template: ``tag`` 26 to 51, the network's ``guid``, and the network's own ``objects`` by id
    (values of at most 99 characters)."""

    tag: str
    guid: str
    objects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a code shall say.

    ``amount`` None leaves it to the payer, then ``currency`` counts. ``category``: merchant category code (ISO 18245),
    ``0000`` where none applies. ``name`` (25) and ``city`` (15) are printable ASCII. ``additional``: objects of
    template 62 by id. ``format``: data object 00.
    """

    accounts: tuple[MerchantAccount, ...]
    currency: str
    amount: Money | None
    economy: str
    name: str
    city: str
    category: str = "0000"
    postal_code: str | None = None
    additional: Mapping[str, str] = field(default_factory=dict)
    dynamic: bool = True
    format: str = "01"


def encode(draft: Draft) -> tuple[str | None, tuple[Finding, ...]]:
    """The code as text, checksum included; or None and all findings that keep it from being written."""
    found = _findings(draft)
    if found:
        return None, found
    text = join(_fields(draft)) + "6304"
    text += checksum(text)
    if len(text) > PAYLOAD_LENGTH_MAX:
        return None, (_wrong(30, "The code has more than 512 characters.", "$"),)
    return text, ()


def _template(objects: Mapping[str, str]) -> str:
    return join(Field(tag, objects[tag]) for tag in sorted(objects))


def _account(account: MerchantAccount) -> Field:
    return Field(account.tag, _template({"00": account.guid, **account.objects}))


def _fields(draft: Draft) -> list[Field]:
    numeric = {code: number for number, code in alphabetic().items()}
    fields = [Field("00", draft.format), Field("01", "12" if draft.dynamic else "11")]
    fields += sorted(map(_account, draft.accounts), key=lambda each: each.tag)
    fields += [Field("52", draft.category), Field("53", numeric[draft.currency])]
    if draft.amount is not None:
        fields.append(Field("54", format_decimal(draft.amount.amount)))
    fields += [Field("58", draft.economy), Field("59", draft.name), Field("60", draft.city)]
    if draft.postal_code is not None:
        fields.append(Field("61", draft.postal_code))
    if draft.additional:
        fields.append(Field("62", _template(draft.additional)))
    return fields


def _findings(draft: Draft) -> tuple[Finding, ...]:
    found = [*_text("58", draft.economy, 2, "[A-Z]{2}"), *_text("52", draft.category, 4, "[0-9]{4}")]
    found += [*_text("59", draft.name, 25), *_text("60", draft.city, 15), *_text("00", draft.format, 2, "[0-9]{2}")]
    if draft.postal_code is not None:
        found += _text("61", draft.postal_code, 10)
    if draft.currency not in alphabetic().values():
        found.append(_wrong(31, "The currency has no numeric code.", "$.53", source="ISO 4217"))
    if draft.amount is not None:
        found += _amount(draft.amount, draft.currency)
    if not draft.accounts:
        found.append(_wrong(32, "No merchant account is named.", "$.26"))
    for account in draft.accounts:
        found += _account_findings(account)
    tags = [each.tag for each in draft.accounts]
    if len(set(tags)) != len(tags):
        found.append(_wrong(33, "Two merchant accounts use one tag.", "$.26"))
    return (*found, *_template_findings("62", draft.additional, 25))


def _amount(amount: Money, currency: str) -> list[Finding]:
    found = []
    if amount.currency != currency:
        found.append(_wrong(34, "Amount and code name two currencies.", "$.53"))
    if amount.minor <= 0 or len(format_decimal(amount.amount)) > 13:
        found.append(_wrong(35, "The amount must be positive and have at most 13 characters.", "$.54"))
    return found


def _account_findings(account: MerchantAccount) -> list[Finding]:
    path = f"$.{account.tag}"
    if not (account.tag.isascii() and account.tag.isdigit() and int(account.tag) in ACCOUNTS):
        return [_wrong(36, "A merchant account template has a tag from 26 to 51.", path)]
    found = [*_text(f"{account.tag}.00", account.guid, 32), *_template_findings(account.tag, account.objects, 99)]
    if "00" in account.objects:
        found.append(_wrong(37, "Object 00 is the network's own identifier.", f"{path}.00"))
    elif not found and len(_account(account).value) > VALUE_LENGTH_MAX:
        found.append(_wrong(38, "The template is longer than 99 characters.", path))
    return found


def _template_findings(tag: str, objects: Mapping[str, str], most: int) -> list[Finding]:
    found = []
    for inner, value in objects.items():
        found += _text(f"{tag}.{inner}", value, most)
        if not re.fullmatch("[0-9]{2}", inner, re.ASCII):
            found.append(_wrong(39, "An id has two digits.", f"$.{tag}.{inner}"))
    if not found and len(_template(objects)) > VALUE_LENGTH_MAX:
        found.append(_wrong(38, "The template is longer than 99 characters.", f"$.{tag}"))
    return found


def _text(tag: str, value: str, most: int, form: str | None = None) -> list[Finding]:
    wanted = re.compile(form) if form else _PRINTABLE
    if wanted.fullmatch(value) and len(value) <= most:
        return []
    message = "{value} cannot stand in data object {tag}: printable ASCII, 1 to {most} characters."
    if form:
        message = "{value} cannot stand in data object {tag}: it has the form {form}."
    return [_wrong(40, message, f"$.{tag}", value=repr(value), tag=tag, most=str(most), form=form or "")]


def _wrong(number: int, message: str, path: str, **given: str) -> Finding:
    return finding("EMVQR", number, message, **({"path": path, "source": SOURCE, "remedy": "Change it."} | given))
