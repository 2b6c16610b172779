"""SipHash-2-4 over columns: permanent random numbers, ids of any text, and the hash that binds a row of a frame."""

import numpy as np
import numpy.typing as npt
from numba import njit

Words = npt.NDArray[np.uint64]

# The second half of each key says what the hash is for, so that no purpose repeats another's numbers.
CHOICE = int.from_bytes(b"smo-draw", "little")
SERVING = int.from_bytes(b"smo-serv", "little")
ROW = int.from_bytes(b"smo-rows", "little")
TEXT = int.from_bytes(b"smo-text", "little")
START = int.from_bytes(b"smo-from", "little")

_WORD = (1 << 64) - 1
_V0, _V1, _V2, _V3 = (
    np.uint64(word) for word in (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
)
_U = np.uint64
_UUID_CHARACTERS = 36
_AT_ONCE = 8192  # rows whose words stay in the cache


@njit(inline="always")
def _rotated(word, bits):  # type: ignore[no-untyped-def]
    return (word << _U(bits)) | (word >> _U(64 - bits))


@njit(inline="always")
def _round(v0, v1, v2, v3):  # type: ignore[no-untyped-def]
    v0 += v1
    v2 += v3
    v1 = _rotated(v1, 13) ^ v0
    v3 = _rotated(v3, 16) ^ v2
    v0 = _rotated(v0, 32)
    v2 += v1
    v0 += v3
    v1 = _rotated(v1, 17) ^ v2
    v3 = _rotated(v3, 21) ^ v0
    v2 = _rotated(v2, 32)
    return v0, v1, v2, v3


@njit(inline="always")
def _taken(v0, v1, v2, v3, word):  # type: ignore[no-untyped-def]
    v3 ^= word
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ word, v1, v2, v3


@njit(inline="always")
def _four_rounds(v0, v1, v2, v3):  # type: ignore[no-untyped-def]
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return _round(v0, v1, v2, v3)


@njit(inline="always")
def _closed(v0, v1, v2, v3):  # type: ignore[no-untyped-def]
    """Both halves of the 128-bit result."""
    v0, v1, v2, v3 = _four_rounds(v0, v1, v2 ^ _U(0xEE), v3)
    low = v0 ^ v1 ^ v2 ^ v3
    v0, v1, v2, v3 = _four_rounds(v0, v1 ^ _U(0xDD), v2, v3)
    return low, v0 ^ v1 ^ v2 ^ v3


@njit(inline="always")
def _swapped(word):  # type: ignore[no-untyped-def]
    """The same 8 bytes read from the other end: an id's words are big-endian, SipHash reads little-endian."""
    word = ((word & _U(0x00FF00FF00FF00FF)) << _U(8)) | ((word >> _U(8)) & _U(0x00FF00FF00FF00FF))
    word = ((word & _U(0x0000FFFF0000FFFF)) << _U(16)) | ((word >> _U(16)) & _U(0x0000FFFF0000FFFF))
    return (word << _U(32)) | (word >> _U(32))


@njit(cache=True, nogil=True)
def _numbers(ids, k0, k1):  # type: ignore[no-untyped-def]
    found = np.empty(ids.shape[0], np.uint64)
    length = _U(16) << _U(56)
    for row in range(ids.shape[0]):
        v0, v1, v2, v3 = _V0 ^ k0, _V1 ^ k1, _V2 ^ k0, _V3 ^ k1
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, _swapped(ids[row, 0]))
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, _swapped(ids[row, 1]))
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, length)
        v0, v1, v2, v3 = _four_rounds(v0, v1, v2 ^ _U(0xFF), v3)
        found[row] = v0 ^ v1 ^ v2 ^ v3
    return found


@njit(cache=True, nogil=True)
def _row_hashes(ids, words, k0, k1, low, high):  # type: ignore[no-untyped-def]
    """Each row's 128-bit hash over 56 bytes: its id, then five words. No branch, so that rows go side by side."""
    length = _U(56) << _U(56)
    for row in range(ids.shape[0]):
        v0, v1, v2, v3 = _V0 ^ k0, _V1 ^ k1 ^ _U(0xEE), _V2 ^ k0, _V3 ^ k1
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, _swapped(ids[row, 0]))
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, _swapped(ids[row, 1]))
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, words[0, row])
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, words[1, row])
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, words[2, row])
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, words[3, row])
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, words[4, row])
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, length)
        low[row], high[row] = _closed(v0, v1, v2, v3)


@njit(cache=True, nogil=True)
def _digit(byte):  # type: ignore[no-untyped-def]
    """The value of a lower-case hexadecimal digit, or 16."""
    if 48 <= byte <= 57:
        return byte - 48
    return byte - 87 if 97 <= byte <= 102 else 16


@njit(cache=True, nogil=True)
def _uuid_words(text):  # type: ignore[no-untyped-def]
    """The 16 bytes that a canonical UUID spells, as two words, and whether the text is one."""
    high, low, digits = _U(0), _U(0), 0
    for place in range(_UUID_CHARACTERS):
        if place in (8, 13, 18, 23):
            if text[place] != 45:
                return _U(0), _U(0), False
            continue
        value = _digit(np.int64(text[place]))
        if value == 16:
            return _U(0), _U(0), False
        if digits < 16:
            high = (high << _U(4)) | _U(value)
        else:
            low = (low << _U(4)) | _U(value)
        digits += 1
    return high, low, True


@njit(cache=True, nogil=True)
def _text_hash(text, k0, k1):  # type: ignore[no-untyped-def]
    v0, v1, v2, v3 = _V0 ^ k0, _V1 ^ k1 ^ _U(0xEE), _V2 ^ k0, _V3 ^ k1
    whole = text.shape[0] // 8
    for place in range(whole):
        word = _U(0)
        for byte in range(8):
            word |= _U(text[8 * place + byte]) << _U(8 * byte)
        v0, v1, v2, v3 = _taken(v0, v1, v2, v3, word)
    last = _U(text.shape[0] & 255) << _U(56)
    for byte in range(text.shape[0] - 8 * whole):
        last |= _U(text[8 * whole + byte]) << _U(8 * byte)
    v0, v1, v2, v3 = _taken(v0, v1, v2, v3, last)
    return _closed(v0, v1, v2, v3)


@njit(cache=True, nogil=True)
def _text_ids(data, ends, k0, k1):  # type: ignore[no-untyped-def]
    found = np.empty((ends.shape[0], 2), np.uint64)
    start = 0
    for row in range(ends.shape[0]):
        text = data[start : ends[row]]
        start = ends[row]
        is_uuid = False
        if text.shape[0] == _UUID_CHARACTERS:
            high, low, is_uuid = _uuid_words(text)
        if not is_uuid:
            low, high = _text_hash(text, k0, k1)
        found[row, 0], found[row, 1] = high, low
    return found


def random_numbers(ids: Words, *, seed: int, purpose: int = CHOICE) -> Words:
    """The permanent random number of each id under a seed: SipHash-2-4 of its 16 bytes, 64 bits.

    Shapes: ids [N, 2] -> [N]. Units: 0 to 2^64 - 1. The key is the seed and then the purpose, 8 bytes each,
    little-endian. A number depends on nothing else: not on the order of rows, not on who else is in the frame, not on
    the machine. Source: Aumasson and Bernstein 2012 (SipHash); Ohlsson 1995 (permanent random numbers).

    >>> int(random_numbers(np.array([[0, 1]], np.uint64), seed=7)[0])
    15896994318194553857
    """
    return np.asarray(_numbers(ids, _U(seed & _WORD), _U(purpose)))


def text_ids(data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> Words:
    """Ids of texts that lie one after the other: the bytes that a canonical UUID spells, else a 128-bit hash.

    Shapes: UTF-8 bytes, and where each text ends -> [N, 2]. Source: SipHash-2-4 with 128-bit output.

    >>> texts = b"00000000-0000-0000-0000-000000000007"
    >>> text_ids(np.frombuffer(texts, np.uint8), np.array([36])).tolist()
    [[0, 7]]
    """
    return np.asarray(_text_ids(data, ends, _U(0), _U(TEXT)))


def text_digest(text: str, *, key: tuple[int, int] = (0, TEXT)) -> tuple[int, int]:
    """The 128-bit hash of one text: the low half and the high half.

    >>> low, high = text_digest("", key=(0x0706050403020100, 0x0F0E0D0C0B0A0908))
    >>> (low | high << 64).to_bytes(16, "little").hex()
    'a3817f04ba25a8e66df67214c7550293'
    """
    low, high = _text_hash(np.frombuffer(text.encode(), np.uint8), _U(key[0]), _U(key[1]))
    return int(low), int(high)


def row_sum(ids: Words, codes: npt.NDArray[np.int32], *, digests: Words, measures: Words) -> int:
    """The sum modulo 2^128 of the rows' 128-bit hashes: the same for any order, and additive over parts.

    Shapes: ids [N, 2], codes [N] into digests [K, 2], measures [3, N], or [3, 1] where all rows have the same.
    Source: Bellare and Micciancio 1997 (AdHash) with SipHash-2-4 of 128 bits.

    >>> ids = np.array([[0, 1], [0, 2]], np.uint64)
    >>> codes, rest = np.zeros(2, np.int32), {"digests": ids[:1], "measures": np.zeros((3, 1), np.uint64)}
    >>> row_sum(ids, codes, **rest) == row_sum(ids[::-1].copy(), codes, **rest)
    True
    """
    total = 0
    for start in range(0, len(ids), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        many = len(ids[part])
        words = np.empty((5, many), np.uint64)
        words[:2] = digests[codes[part]].T
        words[2:] = measures[:, part] if measures.shape[1] > 1 else measures
        low, high = np.empty((2, many), np.uint64)
        _row_hashes(ids[part], words, _U(0), _U(ROW), low, high)
        total += _whole_sum(low) + (_whole_sum(high) << 64)
    return total % (1 << 128)


def _whole_sum(words: Words) -> int:
    """The exact sum of at most 2^32 words, beyond 64 bits too."""
    return int((words & _U(0xFFFFFFFF)).sum()) + (int((words >> _U(32)).sum()) << 32)


def warm_siphash() -> None:
    """Compile the kernels.

    >>> warm_siphash()
    """
    ids = np.zeros((1, 2), np.uint64)
    random_numbers(ids, seed=0)
    text_ids(np.frombuffer(b"a", np.uint8), np.array([1]))
    text_digest("a")
    row_sum(ids, np.zeros(1, np.int32), digests=ids, measures=np.zeros((3, 1), np.uint64))
