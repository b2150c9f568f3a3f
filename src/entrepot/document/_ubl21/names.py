"""Names of UBL 2.1: namespaces, and the order in which the standard wants the elements that are written here.

The order is that of the sequences in OASIS UBL 2.1 (os-UBL-2.1, 2013-11-04); only elements that Entrepot writes are
listed. A test compares it with the published schemas.
"""

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
REMAINDER = "urn:x-entrepot:remainder:1"
"""Namespace of what UBL has no element for; see :mod:`entrepot.document._ubl21.remainder`."""
SYNTAX = "ubl-2.1"
MEDIA_TYPE = "application/xml"


def document_namespace(name: str) -> str:
    """The namespace of the document element ``name``, such as ``Order``."""
    return f"urn:oasis:names:specification:ubl:schema:xsd:{name}-2"


def prefixes(name: str) -> dict[str, str]:
    """Namespace to prefix for a document called ``name``; the document's own has none."""
    return {document_namespace(name): "", CAC: "cac", CBC: "cbc", EXT: "ext", REMAINDER: "ent"}


_ORDER = {
    "Order": """UBLExtensions UBLVersionID ID IssueDate Note DocumentCurrencyCode QuotationDocumentReference
        BuyerCustomerParty SellerSupplierParty Delivery DeliveryTerms PaymentTerms AllowanceCharge TaxTotal
        AnticipatedMonetaryTotal OrderLine""",
    "Invoice": """UBLExtensions UBLVersionID ID IssueDate DueDate InvoiceTypeCode Note DocumentCurrencyCode
        TaxCurrencyCode BuyerReference InvoicePeriod OrderReference AccountingSupplierParty AccountingCustomerParty
        Delivery DeliveryTerms PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal InvoiceLine""",
    "CreditNote": """UBLExtensions UBLVersionID ID IssueDate CreditNoteTypeCode Note DocumentCurrencyCode
        TaxCurrencyCode BuyerReference InvoicePeriod DiscrepancyResponse OrderReference BillingReference
        AccountingSupplierParty AccountingCustomerParty Delivery DeliveryTerms PaymentMeans PaymentTerms
        AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine""",
    "UBLExtension": "ExtensionURI ExtensionContent",
    "BuyerCustomerParty": "Party",
    "SellerSupplierParty": "Party",
    "AccountingSupplierParty": "Party",
    "AccountingCustomerParty": "Party",
    "Party": "EndpointID PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact",
    "PartyTaxScheme": "CompanyID TaxScheme",
    "PartyLegalEntity": "RegistrationName CompanyID RegistrationAddress",
    "Address": """StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Country""",
    "DocumentReference": "ID IssueDate Attachment",
    "OrderReference": "ID IssueDate DocumentReference",
    "DiscrepancyResponse": "Description",
    "Delivery": "ActualDeliveryDate DeliveryAddress RequestedDeliveryPeriod",
    "Period": "StartDate EndDate",
    "DeliveryTerms": "ID SpecialTerms DeliveryLocation",
    "PaymentMeans": "PaymentMeansCode PaymentID PayeeFinancialAccount",
    "AllowanceCharge": """ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason MultiplierFactorNumeric
        Amount BaseAmount TaxCategory""",
    "TaxTotal": "TaxAmount TaxSubtotal",
    "TaxSubtotal": "TaxableAmount TaxAmount TaxCategory",
    "TaxCategory": "ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme",
    "MonetaryTotal": """LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount
        ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount""",
    "OrderLine": "LineItem",
    "LineItem": "ID Note Quantity LineExtensionAmount AllowanceCharge Price Item",
    "InvoiceLine": "ID Note InvoicedQuantity LineExtensionAmount OrderLineReference AllowanceCharge Item Price",
    "CreditNoteLine": "ID Note CreditedQuantity LineExtensionAmount OrderLineReference AllowanceCharge Item Price",
    "Price": "PriceAmount BaseQuantity",
    "Item": """Description Name BuyersItemIdentification SellersItemIdentification StandardItemIdentification
        AdditionalItemIdentification OriginCountry CommodityClassification ClassifiedTaxCategory""",
    "CommodityClassification": "NatureCode ItemClassificationCode",
}
ORDER = {name: tuple(text.split()) for name, text in _ORDER.items()}
"""Children, in the order of the standard, by the name of their aggregate."""
TYPES = {
    "AnticipatedMonetaryTotal": "MonetaryTotal",
    "ClassifiedTaxCategory": "TaxCategory",
    "DeliveryAddress": "Address",
    "InvoiceDocumentReference": "DocumentReference",
    "InvoicePeriod": "Period",
    "LegalMonetaryTotal": "MonetaryTotal",
    "PostalAddress": "Address",
    "QuotationDocumentReference": "DocumentReference",
    "RegistrationAddress": "Address",
    "RequestedDeliveryPeriod": "Period",
}
"""Aggregates whose type has another name than they have themselves."""
