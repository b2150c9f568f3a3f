"""What is published under our namespace: the contexts that name our terms, and the vocabulary that defines them."""

from typing import Any

from entrepot.document.proof.context import OWN, carried
from entrepot.document.proof.named_kind import NAMESPACE, VOCABULARY
from entrepot.document.vocabulary.context import vocabulary


def published(name: str) -> dict[str, Any] | None:
    """The text that belongs to a name below :data:`NAMESPACE` (``invoice/v1``, ``trade``); None where there is none."""
    url = NAMESPACE + name
    if url == VOCABULARY:
        return vocabulary()
    return carried(url) if url in OWN else None
