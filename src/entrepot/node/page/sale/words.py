"""Words for what a sale is, what its records are, and what was checked of them."""

from django.utils.translation import gettext

from entrepot.document.trade import BuyerType
from entrepot.node.page.language import gettext_noop

BUYER_TYPES = {
    str(BuyerType.BUSINESS): gettext_noop("For a business"),
    str(BuyerType.CONSUMER): gettext_noop("For myself, as a consumer"),
}
"""For whom somebody comes."""
KINDS = {
    "offer": gettext_noop("Offer"),
    "offer-withdrawal": gettext_noop("Withdrawal of the offer"),
    "order": gettext_noop("Order"),
    "order-response": gettext_noop("Answer to the order"),
    "order-cancellation": gettext_noop("Request to cancel"),
    "cancellation-response": gettext_noop("Answer to the request to cancel"),
    "invoice": gettext_noop("Invoice"),
    "credit-note": gettext_noop("Credit note"),
    "certificate-of-origin": gettext_noop("Certificate of origin"),
    "transport-document": gettext_noop("Transport document"),
    "packing-list": gettext_noop("Packing list"),
    "insurance-certificate": gettext_noop("Insurance certificate"),
    "warehouse-receipt": gettext_noop("Warehouse receipt"),
    "customs-declaration": gettext_noop("Customs declaration"),
    "customs-release": gettext_noop("Customs release"),
    "hand-over": gettext_noop("Hand-over of the goods"),
    "payment-request": gettext_noop("Payment request"),
    "payment-instruction": gettext_noop("Payment instruction"),
    "settlement": gettext_noop("Settlement"),
    "refund": gettext_noop("Refund"),
    "return-request": gettext_noop("Request to return"),
    "return-response": gettext_noop("Answer to the request to return"),
    "dispute": gettext_noop("Dispute"),
    "dispute-answer": gettext_noop("Answer to the dispute"),
    "dispute-resolution": gettext_noop("Decision on the dispute"),
    "acceptance": gettext_noop("Acceptance of findings"),
    "count": gettext_noop("Count"),
    "message": gettext_noop("Message"),
    "tombstone": gettext_noop("Erasure"),
    "registration-request": gettext_noop("Request to be registered"),
    "agency-appointment": gettext_noop("Appointment of an agency"),
    "agency-decision": gettext_noop("Decision of an agency"),
    "complaint": gettext_noop("Complaint"),
}
STATES = {
    "unknown": gettext_noop("unknown"),
    "offered": gettext_noop("offered"),
    "ordered": gettext_noop("ordered"),
    "accepted": gettext_noop("accepted"),
    "invoiced": gettext_noop("invoiced"),
    "in_transit": gettext_noop("on the way"),
    "cleared": gettext_noop("released by customs"),
    "delivered": gettext_noop("delivered"),
    "paid": gettext_noop("paid"),
    "counted": gettext_noop("counted"),
    "rejected": gettext_noop("rejected"),
    "cancelled": gettext_noop("cancelled"),
    "returned": gettext_noop("returned"),
    "disputed": gettext_noop("disputed"),
    "conflict": gettext_noop("in conflict"),
}
COLUMNS = (
    (gettext_noop("Ordered"), ("ordered", "offered")),
    (gettext_noop("Accepted"), ("accepted",)),
    (gettext_noop("Invoiced and on the way"), ("invoiced", "in_transit", "cleared", "delivered")),
    (gettext_noop("Paid"), ("paid", "counted")),
    (gettext_noop("Needs a person"), ("disputed", "conflict", "unknown")),
    (gettext_noop("Ended"), ("rejected", "cancelled", "returned")),
)
"""The columns of the board, each with the states that stand in it."""
STAGES = {
    "form": gettext_noop("Form"),
    "proof": gettext_noop("Signature"),
    "right": gettext_noop("Right"),
    "law": gettext_noop("Law"),
    "act": gettext_noop("Effect"),
    "delivery": gettext_noop("Delivery"),
}
VERDICTS = {
    "valid": gettext_noop("good"),
    "invalid": gettext_noop("not good"),
    "unknown": gettext_noop("unknown"),
    "not_asked": gettext_noop("not checked"),
}
YARDSTICKS = {
    "one number per issuer and kind": gettext_noop("one number per issuer and kind"),
    "double entry with floors": gettext_noop("double entry with floors"),
    "the scanner of this node": gettext_noop("the scanner of this node"),
    "legal holds; rule pack retention": gettext_noop("legal holds, and rules on how long records are kept"),
    "economy files and rule packs": gettext_noop("facts about economies, and rules"),
}
"""By what something is checked that is no standard with a name."""
STANDINGS = {
    "effective": gettext_noop("in effect"),
    "ineffective": gettext_noop("without effect"),
    "contested": gettext_noop("contested: a person must decide"),
    "unknown": gettext_noop("it cannot be judged here"),
}
CUSTODIES = {
    "held": gettext_noop("signed with a key that this node holds"),
    "own": gettext_noop("signed with the party's own key"),
    "elsewhere": gettext_noop("signed elsewhere"),
}
SIGNS = {"valid": "✓", "invalid": "✗", "unknown": "?", "not_asked": "–"}


def word(table: dict[str, str], key: str) -> str:
    """The word for ``key`` in the reader's language; the key itself where there is none."""
    return gettext(table[key]) if key in table else key
