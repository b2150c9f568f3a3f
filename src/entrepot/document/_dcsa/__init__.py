"""DCSA electronic bill of lading 3.0: the TransportDocument in JSON, read and written.

Only the form is spoken for here: that the result has the shape of DCSA's published schema, not that a carrier's
system would take it.
"""

from entrepot.document._dcsa.read import read_transport_document
from entrepot.document._dcsa.write import write_transport_document

__all__ = ["read_transport_document", "write_transport_document"]
