"""Findings that the forms of a sale may meet, for the catalogues: the texts are those of the rooms, word for word.

A test holds that each of them is the message or the remedy of a finding.
"""

from entrepot.node.page.language import gettext_noop

WORDS = (
    gettext_noop("{name} is missing."),
    gettext_noop("Add it."),
    gettext_noop("Correct the value."),
    gettext_noop("{value} does not have the form {form}."),
    gettext_noop("Write it in that form."),
    gettext_noop("{size} {what}; {least} to {most} are allowed."),
    gettext_noop("Shorten or fill it."),
    gettext_noop("A quantity of {quantity} cannot be ordered."),
    gettext_noop("Order more than zero."),
    gettext_noop("Goods are ordered without terms of delivery: who carries cost and risk is open."),
    gettext_noop("Agree on an Incoterms rule and place."),
    gettext_noop("Delivery is requested until {end}, before the order of {start}."),
    gettext_noop("Correct a date."),
    gettext_noop("The offer ends ({end}) before it is made ({start})."),
    gettext_noop("A rejection without a reason."),
    gettext_noop("State the reason."),
    gettext_noop("{payable} cannot be ordered: the seller would owe it to the buyer."),
    gettext_noop("Order for zero or more; what the seller gives back is credited or refunded."),
    gettext_noop("Buyer and seller are one and the same ({did})."),
    gettext_noop("Name both."),
    gettext_noop("{role} {name} has no DID, so nobody can act as it."),
    gettext_noop("State its DID."),
    gettext_noop("The economy of {role} {name} is not stated."),
    gettext_noop("State it (ISO 3166-1 alpha-2)."),
    gettext_noop("{code} names a heading, not a subheading."),
    gettext_noop("Give six digits."),
    gettext_noop("{code} needs a named place."),
    gettext_noop("Name the place or port."),
    gettext_noop("The price {price} is below zero."),
    gettext_noop("Put the sign on the quantity."),
    gettext_noop("The issuer has used the number {used} for this kind before."),
    gettext_noop("Use a new number."),
    gettext_noop("Money is wanted, and not how much."),
    gettext_noop("State the claim."),
    gettext_noop("The dispute is contested without grounds."),
    gettext_noop("State them."),
    gettext_noop("A refusal without a reason."),
)
"""Messages and remedies, with their places in braces."""
