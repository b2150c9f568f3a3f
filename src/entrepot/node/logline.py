"""One JSON object per log line; secrets and payloads are never handed to the logger."""

import json
import logging
import re
from traceback import extract_tb
from typing import Any

FRAMES = 4
"""How many of the innermost lines of code an error names; never its text, which may repeat a payload."""


_PERSON = re.compile(r"[^\s\"'<>=/:@]+@[^\s\"'<>=/:@]+\.[A-Za-z]{2,}")
"""E-mail addresses, which say who somebody is."""


class LineFormatter(logging.Formatter):
    """Time, level, logger and message of each record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for ``record``, with the error class where there was one."""
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _PERSON.sub("(address)", record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{each.filename}:{each.lineno}" for each in extract_tb(record.exc_info[2])[-FRAMES:]]
        return json.dumps(line, ensure_ascii=False)
