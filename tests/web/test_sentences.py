"""Every sentence that a rule can say about somebody's input has its shape, and so its translation."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from smo.tables.problem import TableFault
from smo.tables.reading import read_table
from smo.web.sentences import file_in_words, in_words, shape_of

SMO = Path(__file__).resolve().parents[2] / "src" / "smo"
SPEAKING = (
    *sorted((SMO / "labeltypes").glob("*/spec.py")),
    SMO / "catalog" / "rules" / "definition.py",
    SMO / "catalog" / "rules" / "guidelines.py",
    SMO / "catalog" / "rules" / "schema.py",
    SMO / "quality" / "rules" / "plans.py",
)


def _sentences(path: Path) -> Iterator[str]:
    """Texts with a blank that end in a full stop, without docstrings; each place filled in with `1`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in filled for part in node.values}
    plain = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs | parts)
    texts = [node.value for node in plain if isinstance(node.value, str)]
    texts += ["".join(part.value if isinstance(part, ast.Constant) else "1" for part in one.values) for one in filled]
    yield from (text for text in texts if text.endswith(".") and " " in text)


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_rule_speaks_only_english(path) -> None:
    said = [text.removeprefix("1: ") for text in _sentences(path)]
    assert said
    assert [text for text in said if shape_of(text) is None] == []


@pytest.mark.parametrize(
    ("sentence", "shape"),
    [
        ("Question 2 (severity): low (5) must be less than high (1).", "Question %(place)s: %(fault)s"),
        ("Rule H-1: its severity must be one of S0, S1.", "Rule %(code)s: %(fault)s"),
        ("at_most must be a number from 0 to 3.", "%(name)s must be a number from 0 to %(most)s."),
        ("low must be a number.", "%(name)s must be a number."),
        ("What somebody wrote is no sentence of a rule.", None),
    ],
)
def test_the_narrowest_shape_is_found(sentence, shape) -> None:
    assert shape_of(sentence) == shape


def test_a_sentence_keeps_its_numbers_and_names() -> None:
    for language in ("en", "ar"):
        with translation.override(language):
            said = in_words("Span 3: it must end after its start (41 to 7).")
            assert all(part in said for part in ("3", "41", "7"))
            assert in_words('"50%" is none of the labels: a%(b)s.').count("50%") == 1


def test_what_no_rule_says_stays_as_it_is() -> None:
    assert in_words("100 % of something else") == "100 % of something else"


@pytest.mark.parametrize(
    "content",
    [b"", b"item,label\n", b"%PDF-1.7\n", b'item,text\n1,"open\n2,b\n', b"[1, 2", b"item,text\n1,2,3\n4,5,6\n7,8,9\n"],
    ids=["empty", "no rows", "a PDF", "an open quote", "broken JSON", "ragged"],
)
def test_why_a_file_is_not_read_keeps_its_name_in_every_language(tmp_path, content) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(content)
    with pytest.raises(TableFault) as refused:
        read_table(path)
    with translation.override("ar"):
        said = file_in_words(refused.value)
    assert said.startswith("items.csv")
    assert said != str(refused.value)
