"""The invented person who accepts, on record, that it is unknown whether a record must still be kept."""

from entrepot.flow.erase import Accepting

CLERK = Accepting(name="A. Clerk", role="data protection officer", reasons="Counsel knows of no time of retention.")
