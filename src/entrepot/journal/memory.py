"""What the writer remembers of the end of the log, so that it need not ask the database at each append."""

from dataclasses import dataclass, field

STREAMS_MAX = 4096
"""Streams whose newest entry is remembered; beyond that all are forgotten, which costs a question each."""


@dataclass(slots=True)
class Memory:
    """True from the writer's last question on, while nobody else writes. Whatever is undone makes it forget all."""

    generations: dict[str, int] | None = None
    """The current generation of each view."""
    last: tuple[int, int] | None = None
    """Number and received time (ms) of the newest entry."""
    message: int | None = None
    """The highest number in the outbox."""
    streams: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Per stream the version and digest of its newest entry."""

    def keep_stream(self, name: str, version: int, digest: str) -> None:
        """Remember the newest entry of a stream."""
        if len(self.streams) >= STREAMS_MAX:
            self.streams.clear()
        self.streams[name] = (version, digest)
