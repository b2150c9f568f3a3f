"""Sealing: the deadline within which an appended entry stands in a signed head."""

SEAL_DEADLINE_MS = 60_000
"""Milliseconds from the answer to the seal that it promises."""
