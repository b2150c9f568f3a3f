"""Exceptions of the node: the machine around the use cases is not ready."""

from entrepot.base.error import EntrepotError


class NodeError(EntrepotError):
    """Root of the node's exceptions."""

    code = "node"


class NotRunning(NodeError):
    """The node is starting or stopping."""

    code = "not-running"


class AccountsFailed(NodeError):
    """The accounts database cannot be read or written."""

    code = "accounts"


class AccountsTooNew(NodeError):
    """The accounts database was written by a newer program."""

    code = "accounts-too-new"


class AccountsTooOld(NodeError):
    """The accounts database was written by an older program; ``entrepot migrate`` moves it forward."""

    code = "accounts-too-old"


class PortTaken(NodeError):
    """Another program listens on the node's port."""

    code = "port-taken"


class NameTaken(NodeError):
    """Another party of the node has that name, or that identifier another name."""

    code = "name-taken"
