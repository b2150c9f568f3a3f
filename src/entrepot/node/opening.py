"""What the log of a node is opened with: by the node itself, and by the commands beside it."""

import secrets
from collections.abc import Callable
from datetime import datetime

from entrepot.flow import nodemail
from entrepot.flow.sight import reducers
from entrepot.journal import Setup
from entrepot.node.custody import HeldKeys


def setup_of(keys: HeldKeys, *, clock: Callable[[], datetime], make: bool = False, read_only: bool = False) -> Setup:
    """The node's views, its signature, its name, and what wraps the keys of personal content.

    ``make``: whether a log is made where there is none (at the node's first start alone).
    """
    return Setup(
        reducers=reducers(lambda did: did in keys.hosted()),
        clock=clock,
        entropy=secrets.token_bytes,
        sign=lambda payload: nodemail.sign_as(keys.node, payload),
        log_id=keys.node.did,
        read_only=read_only,
        make=make,
        home="" if read_only else keys.home,
        wrapping=keys.wrapping,
    )
