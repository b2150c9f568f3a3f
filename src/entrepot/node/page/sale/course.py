"""Why a record cannot follow in a sale, or has no effect in it, for the catalogues: the room's texts, word for word.

A reader whose language lacks one of them reads it in English.
"""

from entrepot.node.page.language import gettext_noop

COURSE = (
    gettext_noop("The sale has its order already."),
    gettext_noop("A second order opens a sale of its own."),
    gettext_noop("The order is not waiting for an answer."),
    gettext_noop("Answer an order once; to change it, agree on a cancellation."),
    gettext_noop("The seller has not accepted the order, or the sale has ended."),
    gettext_noop("Wait for the seller's acceptance."),
    gettext_noop("The sale was rejected or cancelled."),
    gettext_noop("Place a new order."),
    gettext_noop("The goods are on their way."),
    gettext_noop("Ask for a return after delivery."),
    gettext_noop("There is no invoice."),
    gettext_noop("Issue the invoice first."),
    gettext_noop("Nothing was delivered yet."),
    gettext_noop("Ask for a cancellation instead."),
    gettext_noop("No return request waits for an answer."),
    gettext_noop("No cancellation request waits for an answer."),
    gettext_noop("Answer a request once."),
    gettext_noop("No dispute is open."),
    gettext_noop("Raise a dispute first."),
    gettext_noop("The goods are on their way; the sale cannot be called off."),
    gettext_noop("Agree on a return."),
    gettext_noop("Two records of one issuer have the same number."),
    gettext_noop("One issuer gave two contradictory answers."),
    gettext_noop("The sale was ended by a party that had not seen goods or money move."),
    gettext_noop("It was decided without having seen what the other record says."),
    gettext_noop("The sale was cancelled by agreement at the same time."),
    gettext_noop("It was counted without having seen a change of the value."),
    gettext_noop("The same was said twice at the same time; the smaller record id holds."),
    gettext_noop("A sale has one order; the smaller record id holds."),
)
"""Messages and remedies, without places."""
