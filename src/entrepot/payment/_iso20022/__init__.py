"""ISO 20022 pacs.008, FI to FI customer credit transfer: a payment instruction as the message that banks exchange."""

from entrepot.payment._iso20022.read import ReadMessage, read
from entrepot.payment._iso20022.version import VERSIONS, Version
from entrepot.payment._iso20022.write import write

__all__ = ["VERSIONS", "ReadMessage", "Version", "read", "write"]
