"""The part of CBOR (RFC 8949) that proof values use: arrays, maps, byte strings, texts and unsigned integers.

Nothing else is read: no tags with meaning, floats, indefinite lengths or repeated keys, so that a stranger's value
has one reading and costs no more than its length.
"""

from typing import Any

DEPTH_MAX = 4
_UINT, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def to_cbor(value: Any) -> bytes:
    """``value`` in the preferred serialisation (RFC 8949, 4.1). Raises ``TypeError`` for any other type."""
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _head(_UINT, value)
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(map(to_cbor, value))
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(to_cbor(key) + to_cbor(each) for key, each in value.items())
    raise TypeError(f"not written here: {type(value).__name__}")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for info, size in _SIZES.items():
        if number < 1 << 8 * size:
            return bytes((major << 5 | info,)) + number.to_bytes(size, "big")
    raise TypeError("a number beyond 64 bits")


def from_cbor(data: bytes) -> Any:
    """The value that ``data`` writes, all of it. Raises ``ValueError`` for anything outside this part of CBOR."""
    reader = _Reader(data)
    value = reader.value(DEPTH_MAX)
    if reader.place != len(data):
        raise ValueError("bytes after the value")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def value(self, depth: int) -> Any:
        first = self._take(1)[0]
        major, number = first >> 5, self._number(first & 31)
        if major == _UINT:
            return number
        if major == _BYTES:
            return self._take(number)
        if major == _TEXT:
            return self._take(number).decode("utf-8")
        # Every item takes a byte at least.
        if major not in (_ARRAY, _MAP) or depth == 0 or number > len(self._data) - self.place:
            raise ValueError("an item that is not read here")
        if major == _ARRAY:
            return [self.value(depth - 1) for _ in range(number)]
        pairs = [(self.value(0), self.value(depth - 1)) for _ in range(number)]
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key that stands twice")
        return found

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _SIZES:
            raise ValueError("an item without a definite length")
        return int.from_bytes(self._take(_SIZES[info]), "big")

    def _take(self, count: int) -> bytes:
        taken = self._data[self.place : self.place + count]
        if len(taken) != count:
            raise ValueError("it ends too early")
        self.place += count
        return taken
