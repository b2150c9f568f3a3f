"""Exceptions of the use cases."""

from entrepot.base.error import EntrepotError


class FlowError(EntrepotError):
    """Root of the exceptions of the use cases."""

    code = "flow"


class NotHeld(FlowError):
    """This node holds no signing key of that party."""

    code = "key-not-held"


class NotAdmitted(FlowError):
    """The node that speaks is not an admitted peer."""

    code = "not-admitted"


class BadNodeMessage(FlowError):
    """A message between nodes is not signed by whom it names, not for this node, or too old."""

    code = "bad-node-message"


class TransportError(FlowError):
    """A peer could not be reached or did not answer properly; try again later."""

    code = "transport"


class ScannerAway(FlowError):
    """The scanner of files does not answer, or not as it should: no file can be taken now."""

    code = "scanner-away"
