"""Turn text of any encoding into clean UTF-8, and say which rows could not be taken as they were."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from smo.tables.problem import Problem, counted

_CHUNK = 1 << 20
_SAMPLE = 1 << 15
_SAVE_UTF8 = "Save the file as UTF-8 to be sure."
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Asked in the order of how often such files are seen; the detector decides among them only.
_CANDIDATES = [
    "cp1252", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1250", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_2", "mac_roman",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CleanText:
    """A file in UTF-8 without byte order mark and NUL; `quotes` counts the double quotes in it, `lines` its lines."""

    path: Path
    encoding: str
    quotes: int
    lines: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Survey:
    is_utf8: bool
    nuls: int
    quotes: int
    lines: int


def clean_text(content: Path, *, folder: Path, file: str) -> CleanText:
    """The text as UTF-8: the file itself where it already is, else a copy in `folder`."""
    survey = _survey(content)
    mark = _mark(content)
    if survey.is_utf8 and not survey.nuls and not mark:
        return CleanText(content, "utf-8", survey.quotes, survey.lines, ())
    encoding = mark or ("utf-8" if survey.is_utf8 and not _is_wide(content) else _guessed(content))
    return _rewritten(content, folder / "clean", encoding=encoding, file=file)


def _survey(content: Path) -> _Survey:
    decoder = codecs.getincrementaldecoder("utf-8")()
    nuls = quotes = lines = 0
    is_utf8 = True
    last = b"\n"
    with content.open("rb") as file:
        while chunk := file.read(_CHUNK):
            nuls += chunk.count(0)
            quotes += chunk.count(b'"')
            lines += chunk.count(b"\n")
            last = chunk[-1:]
            is_utf8 = is_utf8 and _continues(decoder, chunk)
    return _Survey(is_utf8 and _continues(decoder, b"", final=True), nuls, quotes, lines + (last != b"\n"))


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _mark(content: Path) -> str:
    with content.open("rb") as file:
        head = file.read(4)
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def _is_wide(content: Path) -> bool:
    """UTF-16 without a mark: every second byte of plain text is NUL."""
    with content.open("rb") as file:
        head = file.read(_SAMPLE)
    return max(head[::2].count(0), head[1::2].count(0)) > 0.3 * len(head) / 2


def _guessed(content: Path) -> str:
    if _is_wide(content):
        with content.open("rb") as file:
            head = file.read(_SAMPLE)
        return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    strange, broken = _sample(content)
    if strange and broken <= 0.5 * strange[0]:
        return "utf-8"  # UTF-8 by half or more, which no other text is by chance: broken lines are read on their own
    return detected(strange[1] if strange else b"")


def _sample(content: Path) -> tuple[tuple[int, bytes] | None, int]:
    """The lines that are not plain ASCII (how many, their text), and how many of them are not UTF-8."""
    lines: list[bytes] = []
    size = broken = 0
    with content.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            lines.append(line)
            size += len(line)
            broken += not _is_utf8(line)
            if size > _SAMPLE:
                break
    return ((len(lines), b"".join(lines)[: 2 * _SAMPLE]) if lines else None), broken


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def detected(sample: bytes) -> str:
    """The most likely encoding of bytes that are not UTF-8; Western European when nothing speaks against it.

    >>> detected("größer, dünner, schöner".encode("cp1252"))
    'cp1252'
    """
    if _is_western(sample):
        return "cp1252"
    best = charset_normalizer.from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return best.encoding if best is not None else "cp1252"


def _is_western(sample: bytes) -> bool:
    """Short texts fool every detector: accented letters alone among ASCII letters mean cp1252."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    foreign = [sign for sign in text if ord(sign) > 127]
    likely = sum(sign in "äöüÄÖÜßéèêëàâáíìîïóòôõúùûñçÉÈÀÁÍÓÚÑÇåÅøØæÆãõ–—‘’“”…€«»°·¿¡£§\xa0" for sign in foreign)
    return likely >= 0.9 * len(foreign) and len(foreign) < 0.3 * len(text)


def _rewritten(content: Path, target: Path, *, encoding: str, file: str) -> CleanText:
    odd: list[int] = []
    nul_rows: list[int] = []
    quotes = nuls = row = 0
    with target.open("w", encoding="utf-8", newline="", errors="replace") as out:
        for row, (line, is_odd) in enumerate(_lines(content, encoding), start=1):
            if is_odd:
                odd.append(row)
            if "\0" in line:
                nul_rows.append(row)
                nuls += line.count("\0")
                line = line.replace("\0", "")  # noqa: PLW2901
            quotes += line.count('"')
            out.write(line)
    problems = (*_encoding_problems(encoding, odd, file=file), *_nul_problems(nuls, nul_rows, file=file))
    return CleanText(target, encoding.removesuffix("-sig"), quotes, row, problems)


def _lines(content: Path, encoding: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it had bytes that the encoding does not know."""
    if encoding.startswith(("utf-16", "utf-32")):
        with content.open("r", encoding=encoding, newline="", errors="replace") as wide:
            for text in wide:
                yield text, "�" in text
        return
    plain = encoding.removesuffix("-sig")
    spare = detected((_sample_broken(content)) or b"") if plain == "utf-8" else plain
    with content.open("rb") as file:
        if encoding == "utf-8-sig":
            file.seek(3)
        for line in file:
            yield _decoded(line, plain, spare=spare)


def _sample_broken(content: Path) -> bytes:
    lines: list[bytes] = []
    with content.open("rb") as file:
        for line in file:
            if not line.isascii() and not _is_utf8(line):
                lines.append(line)
                if len(lines) > 500:
                    break
    return b"".join(lines)[:_SAMPLE]


def _decoded(line: bytes, encoding: str, *, spare: str) -> tuple[str, bool]:
    try:
        return line.decode(encoding), False
    except UnicodeDecodeError:
        return line.decode(spare, errors="replace"), True


def _encoding_problems(encoding: str, odd: list[int], *, file: str) -> Iterator[Problem]:
    if not encoding.startswith("utf-8"):
        message = f"The text is not UTF-8; it was read as {encoding}."
        yield Problem("encoding", message, _SAVE_UTF8, 1, "note", file=file)
    if odd:
        rows = tuple(f"row {row}" for row in odd[:5])
        plain = encoding.removesuffix("-sig")
        message = f"{counted(len(odd), 'row')} with bytes that are not {plain}; their letters may be wrong."
        remedy = "Files of two encodings were probably joined: save each as UTF-8, then join them."
        yield Problem("mixed_encoding", message, remedy, len(odd), "warning", file=file, row=odd[0], examples=rows)


def _nul_problems(nuls: int, rows: list[int], *, file: str) -> Iterator[Problem]:
    if nuls:
        message = f"{counted(nuls, 'NUL byte')} left out."
        remedy = "NUL is no text: check the program that wrote these rows."
        examples = tuple(f"row {row}" for row in rows[:5])
        yield Problem("nul_bytes", message, remedy, nuls, "warning", file=file, row=rows[0], examples=examples)
