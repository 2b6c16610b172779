"""Which characters can this machine's fonts draw? A PDF that lacks some says so instead of showing silent boxes."""

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

# Latin, its punctuation and currency signs are in every font we name, so they are not looked up.
PLAIN = frozenset(range(0x20, 0x250)) | frozenset(range(0x2000, 0x2070)) | {0x0A, 0x2122, 0x2212}


def _tables(raw: bytes, start: int) -> Iterator[int]:
    """Where the character maps of one font face begin."""
    (count,) = struct.unpack_from(">H", raw, start + 4)
    for place in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", raw, start + 12 + 16 * place)
        if tag == b"cmap":
            (maps,) = struct.unpack_from(">H", raw, offset + 2)
            for entry in range(maps):
                yield offset + struct.unpack_from(">HHI", raw, offset + 4 + 8 * entry)[2]


def _ranges(raw: bytes, at: int) -> Iterator[range]:
    """The code points of one character map (formats 4 and 12 of the OpenType specification, table cmap)."""
    (form,) = struct.unpack_from(">H", raw, at)
    if form == 4:
        count = struct.unpack_from(">H", raw, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", raw, at + 14)
        starts = struct.unpack_from(f">{count}H", raw, at + 16 + 2 * count)
        yield from (range(start, end + 1) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF)
    elif form == 12:
        (groups,) = struct.unpack_from(">I", raw, at + 12)
        for group in range(groups):
            start, end, _ = struct.unpack_from(">III", raw, at + 16 + 12 * group)
            yield range(start, end + 1)


def _faces(raw: bytes) -> tuple[int, ...]:
    if raw[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", raw, 8)
    return struct.unpack_from(f">{count}I", raw, 12)


def drawn_by(path: Path, wanted: frozenset[int]) -> frozenset[int]:
    """Those of the wanted code points that a font file has; none where the file cannot be read as a font."""
    try:
        raw = path.read_bytes()
        spans = [span for face in _faces(raw) for at in _tables(raw, face) for span in _ranges(raw, at)]
    except (OSError, struct.error):
        return frozenset()
    return frozenset(point for point in wanted if any(point in span for span in spans))


def uncovered(texts: Iterable[str], fonts: Iterable[str | None]) -> str:
    """The characters of the texts that none of the font files has, each once, in order."""
    left = frozenset(ord(letter) for text in texts for letter in set(text)) - PLAIN
    left = frozenset(point for point in left if not unicodedata.category(chr(point)).startswith(("C", "M")))
    for path in dict.fromkeys(font for font in fonts if font):
        if not left:
            break
        left -= drawn_by(Path(path), left)
    return "".join(chr(point) for point in sorted(left))


def sentence(missing: str) -> str:
    """What a reader must know about the boxes on the page."""
    scripts = dict.fromkeys(unicodedata.name(letter, "OTHER").split()[0] for letter in missing)
    names = ", ".join(script if script == "CJK" else script.capitalize() for script in list(scripts)[:4])
    many = f"{len(missing)} characters" if len(missing) > 1 else "1 character"
    return (
        f"This PDF may show {many} as boxes: the machine that made it has no font for them ({names}). See report.html."
    )
