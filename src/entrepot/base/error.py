"""Exceptions: the caller or the machine is wrong. (Wrong data is a :class:`~entrepot.base.finding.Finding`.)

EntrepotError                 every exception that Entrepot raises on purpose
├── UsageError                the caller asked for something that cannot be (exit 64, HTTP 400)
├── LimitError                the input is larger, deeper or slower than allowed (HTTP 413)
└── <Package>Error            one root per package, e.g. JournalError, PartyError
"""

from typing import ClassVar


class EntrepotError(Exception):
    """Root of all exceptions raised on purpose.

    ``code`` is stable and part of the public interface; ``remedy`` tells the reader what to do.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, remedy: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.error_code = code or type(self).code


class UsageError(EntrepotError):
    """The call itself is wrong; no data was judged."""

    code = "usage"


class LimitError(EntrepotError):
    """A stated bound on size, depth, number or time was passed."""

    code = "limit"
