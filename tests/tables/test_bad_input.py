"""Whatever is wrong with a file is an error with file, row, column and remedy, or a named problem."""

import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from smo.tables.labels import read_labels
from smo.tables.problem import Problem, TableFault
from smo.tables.reading import Table, read_table


def brought(folder: Path, content: str | bytes, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> Problem:
    with pytest.raises(TableFault) as caught:
        read_table(path)
    problem = caught.value.problem
    assert problem.level == "error"
    assert problem.remedy
    assert problem.message
    assert path.name in str(caught.value)
    return problem


def problem(table: Table, code: str) -> Problem:
    found = {each.code: each for each in table.problems}
    assert code in found, f"{code} is not among {list(found)}"
    assert found[code].file == table.name
    assert found[code].remedy
    return found[code]


GOOD = "item,rater,label\n1,anna,yes\n2,anna,no\n"


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, GOOD))
    assert table.frame.rows() == [("1", "anna", "yes"), ("2", "anna", "no")]
    assert table.problems == ()
    assert (table.source.kind, table.source.encoding, table.source.delimiter, table.source.rows) == (
        "csv",
        "utf-8",
        ",",
        2,
    )


@pytest.mark.parametrize("content", ["", "   \n\n", "\ufeff"])
def test_an_empty_file(tmp_path: Path, content: str) -> None:
    assert refused(brought(tmp_path, content)).code == "empty_file"


def test_a_header_without_rows(tmp_path: Path) -> None:
    assert refused(brought(tmp_path, "item,rater,label\n")).code == "no_rows"


def test_a_file_of_one_row(tmp_path: Path) -> None:
    assert read_table(brought(tmp_path, "item,rater,label\n1,anna,yes")).frame.height == 1


def test_no_such_file_names_the_nearest(tmp_path: Path) -> None:
    brought(tmp_path, GOOD)
    fault = refused(tmp_path / "label.csv")
    assert fault.code == "no_such_file"
    assert "labels.csv" in fault.remedy


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    brought(tmp_path, GOOD)
    fault = refused(tmp_path)
    assert fault.code == "is_a_folder"
    assert "labels.csv" in fault.remedy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_other_forms(tmp_path: Path, encoding: str) -> None:
    text = "item,rater,label\n1,Zoë,größer\n2,Łukasz,日本\n"
    table = read_table(brought(tmp_path, text.encode(encoding)))
    assert table.frame["label"].to_list() == ["größer", "日本"]
    assert table.frame.columns == ["item", "rater", "label"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", ["größer", "dünner", "schön – sehr", "naïve", "Zoë"]),
        ("latin-1", ["größer", "dünner", "schön", "naïve", "Zoë"]),
        (
            "shift_jis",
            ["これは日本語の文章です", "有害な内容が含まれています", "問題ありません", "この投稿は規則に違反します"],
        ),
        ("gb18030", ["这是一个中文句子", "内容有害", "没有问题可以发布", "这个帖子违反了规定"]),
        ("cp1251", ["это русский текст", "вредное содержание", "всё в порядке", "нарушение правил"]),
    ],
)
def test_old_encodings_are_recognised_and_said(tmp_path: Path, encoding: str, words: list[str]) -> None:
    rows = "".join(f"{place},anna,{word}\n" for place, word in enumerate(words * 5))
    table = read_table(brought(tmp_path, f"item,rater,label\n{rows}".encode(encoding)))
    assert table.frame["label"].to_list() == words * 5
    assert problem(table, "encoding").level == "note"


def test_two_encodings_in_one_file_name_the_rows(tmp_path: Path) -> None:
    lines = [f"{place},anna,größer".encode() for place in range(20)]
    lines[7] = "7,anna,größer".encode("cp1252")
    table = read_table(brought(tmp_path, b"item,rater,label\n" + b"\n".join(lines)))
    assert table.frame["label"].to_list() == ["größer"] * 20
    found = problem(table, "mixed_encoding")
    assert (found.row, found.count) == (9, 1)


def test_nul_bytes_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, b"item,rater,label\n1,an\0na,yes\n2,bea,n\0\0o\n"))
    assert table.frame.rows() == [("1", "anna", "yes"), ("2", "bea", "no")]
    found = problem(table, "nul_bytes")
    assert (found.count, found.row, found.examples) == (3, 2, ("row 2", "row 3"))


def test_ragged_rows_are_kept_out_and_named(tmp_path: Path) -> None:
    rows = "".join(f"{place},anna,yes\n" for place in range(10))
    table = read_table(brought(tmp_path, f"item,rater,label\n{rows}1,anna\n{rows}2,anna,yes,really\n"))
    assert table.frame.height == 20
    found = problem(table, "ragged_rows")
    assert (found.count, found.row) == (2, 12)
    assert found.examples == ("row 12: 2 cells", "row 23: 4 cells")


def test_row_numbers_count_lines_inside_quotes(tmp_path: Path) -> None:
    content = 'item,text,label\n1,"two\nlines",yes\n2,x,no\n3,x,no\n4,short\n5,x,no\n'
    table = read_table(brought(tmp_path, content))
    assert problem(table, "ragged_rows").row == 6
    assert table.frame["text"][0] == "two\nlines"


def test_a_file_that_is_mostly_ragged_is_refused(tmp_path: Path) -> None:
    fault = refused(brought(tmp_path, "item,rater,label\n1,a,b,c\n2,a,b,c\n3,a,b\n"))
    assert (fault.code, fault.row) == ("ragged_rows", 2)
    assert "double quotes" in fault.remedy


def test_an_open_quote_does_not_swallow_the_rest(tmp_path: Path) -> None:
    fault = refused(brought(tmp_path, 'item,rater,label\n1,anna,yes\n2,anna,"no\n3,anna,yes\n4,anna,no\n'))
    assert (fault.code, fault.row) == ("open_quote", 3)


def test_two_open_quotes_that_swallow_rows_are_noticed(tmp_path: Path) -> None:
    content = 'item,rater,label\n1,anna,"no\n2,anna,yes\n3,anna,no\n4,anna,x"\n5,anna,yes\n'
    found = problem(read_table(brought(tmp_path, content)), "swallowed_rows")
    assert (found.count, found.column, found.level) == (2, "label", "warning")
    poem = 'item,text\n1,"roses, red\nviolets\n\nsugar, sweet"\n2,x\n'
    assert read_table(brought(tmp_path, poem)).problems == ()


def test_quotes_inside_a_cell_without_quotes_are_kept(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, 'item,text,label\n1,a 5" screen,yes\n2,x,no\n'))
    assert table.frame["text"].to_list() == ['a 5" screen', "x"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    table = read_table(brought(tmp_path, GOOD.replace(",", delimiter)))
    assert table.frame.shape == (2, 3)
    assert table.source.delimiter == delimiter


def test_the_bar_of_a_set_is_no_delimiter(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, "item,label\n1,a|b\n2,a|c\n3,b|c\n"))
    assert table.frame.rows() == [("1", "a|b"), ("2", "a|c"), ("3", "b|c")]


def test_excel_states_its_delimiter(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, "sep=;\nitem;label\n1;a,b\n"))
    assert table.frame.rows() == [("1", "a,b")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    table = read_table(brought(tmp_path, GOOD.replace("\n", end)))
    assert table.frame.rows() == [("1", "anna", "yes"), ("2", "anna", "no")]


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    giant = "x" * (10 << 20)
    table = read_table(brought(tmp_path, f'item,text,label\n1,"{giant}",yes\n2,short,no\n'))
    assert table.frame["text"].str.len_chars().to_list() == [10 << 20, 5]


def test_a_cell_larger_than_a_block(tmp_path: Path) -> None:
    giant = "x" * (17 << 20)
    table = read_table(brought(tmp_path, f"item,text,label\n1,{giant},yes\n2,short,no\n"), columns=["item", "label"])
    assert table.frame.rows() == [("1", "yes"), ("2", "no")]


def test_doubled_columns_are_named(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, "item,note,label,note\n1,a,yes,b\n"))
    found = problem(table, "doubled_column")
    assert (found.column, found.row, found.examples) == ("note", 1, ("column 2", "column 4"))


def test_a_doubled_label_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableFault, match="2 columns") as caught:
        read_labels([brought(tmp_path, "item,rater,label,label\n1,a,yes,no\n")])
    assert (caught.value.problem.code, caught.value.problem.column) == ("doubled_column", "label")


def test_a_nameless_column_gets_its_place_as_name(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, ",item,label\n0,a,yes\n"))
    assert table.frame.columns == ["column_1", "item", "label"]
    assert problem(table, "nameless_column").examples == ("column 1",)


def test_a_missing_column_lists_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(TableFault) as caught:
        read_table(brought(tmp_path, GOOD), columns=["item", "worker"])
    assert caught.value.problem.column == "worker"
    assert "item, rater, label" in caught.value.problem.remedy


@pytest.mark.parametrize("content", ["7,anna,yes\n8,anna,no\n9,bea,no\n", "1,2,0\n1,3,0\n2,2,1\n"])
def test_a_file_without_header_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(TableFault) as caught:
        read_labels([brought(tmp_path, content)])
    assert (caught.value.problem.code, caught.value.problem.row) == ("no_header", 1)
    assert "item,rater,label" in caught.value.problem.remedy


def test_a_cut_off_gz_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode() * 1000)
    fault = refused(brought(tmp_path, packed[: len(packed) // 2], "labels.csv.gz"))
    assert fault.code == "damaged_packing"


def test_a_cut_off_zst_is_refused(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write("".join(f"{n * 7919 % 10007},{n}\n" for n in range(20_000)).encode())
        packed.flush()
        content = sink.getvalue()
    fault = refused(brought(tmp_path, content[: len(content) // 2], "labels.csv.zst"))
    assert fault.code == "damaged_packing"


def test_gz_and_zst_are_read(tmp_path: Path) -> None:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(GOOD.encode())
    zst = brought(tmp_path, sink.getvalue().to_pybytes(), "labels.csv.zst")
    gz = brought(tmp_path, gzip.compress(GOOD.encode()), "labels.csv.gz")
    assert read_table(zst).frame.equals(read_table(gz).frame)


def test_a_name_in_gz_that_is_not_packed(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, GOOD, "labels.csv.gz"))
    assert table.frame.height == 2
    assert problem(table, "not_packed").level == "note"


def test_packed_without_the_name(tmp_path: Path) -> None:
    assert read_table(brought(tmp_path, gzip.compress(GOOD.encode()))).frame.height == 2


def test_a_workbook_is_refused_with_a_way_out(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    fault = refused(brought(tmp_path, content.getvalue(), "labels.xlsx"))
    assert fault.code == "not_a_table"
    assert "Excel" in fault.message
    assert "CSV" in fault.remedy


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(100), bytes(range(1, 9)) * 100, b"%PDF-1.7\n"])
def test_binary_files_are_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(brought(tmp_path, content)).code == "not_a_table"


def test_a_broken_json_line_is_kept_out_and_named(tmp_path: Path) -> None:
    content = '{"item": 1, "label": "yes"}\n{"item": 2, "label": "no"\n{"item": 3, "label": "no"}\n\n[1]\n{"item": 4}\n'
    table = read_table(brought(tmp_path, content, "labels.jsonl"))
    assert table.frame.rows() == [("1", "yes"), ("3", "no"), ("4", None)]
    found = problem(table, "bad_json")
    assert (found.count, found.row) == (2, 2)
    assert found.examples[1].startswith("row 5: list")


def test_json_lines_that_are_none_are_refused(tmp_path: Path) -> None:
    fault = refused(brought(tmp_path, "item,label\n1,yes\n", "labels.jsonl"))
    assert (fault.code, fault.row) == ("bad_json", 1)


def test_a_broken_json_array_names_the_row(tmp_path: Path) -> None:
    fault = refused(brought(tmp_path, '[{"item": 1},\n{"item": 2,]\n', "labels.json"))
    assert (fault.code, fault.row) == ("bad_json", 2)


def test_json_keys_become_columns(tmp_path: Path) -> None:
    content = '[{"item": 1, "meta": {"lang": "fr", "deep": {"x": true}}, "turns": [{"role": "user"}], "n": null}]'
    row = read_table(brought(tmp_path, content, "items.json")).frame.row(0, named=True)
    assert row == {"item": "1", "meta.lang": "fr", "meta.deep.x": "true", "turns": '[{"role": "user"}]', "n": None}


def test_half_a_character_in_json_does_not_break_the_reader(tmp_path: Path) -> None:
    table = read_table(
        brought(tmp_path, '{"item": "1", "text": "a\\ud83d"}\n{"item": "2", "text": "\\ud83d\\ude00"}', "i.jsonl")
    )
    assert table.frame["text"].to_list() == ["a�", "😀"]


@pytest.mark.parametrize("keep", [4, 40, 400])
def test_damaged_parquet_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "labels.parquet"
    pl.DataFrame({"item": range(1000), "label": ["yes", "no"] * 500}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:keep])
    assert refused(path).code == "damaged_parquet"


def test_parquet_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    pl.DataFrame({"item": [f"item {n * 7919 % 10007}" for n in range(5000)]}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[50:2000] = b"\xff" * 1950
    path.write_bytes(content)
    assert refused(path).code == "damaged_parquet"


def test_a_parquet_name_without_parquet_is_refused(tmp_path: Path) -> None:
    assert refused(brought(tmp_path, GOOD, "labels.parquet")).code == "damaged_parquet"


def test_an_empty_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    pl.DataFrame({"item": [], "label": []}, schema={"item": pl.Int64, "label": pl.String}).write_parquet(path)
    assert refused(path).code == "no_rows"


def test_right_to_left_text_and_emoji_stay_as_they_are(tmp_path: Path) -> None:
    text = "item,text,label\n1,ده واحد ما بيسواش 👩‍👩‍👧,نعم\n2,שלום 😀,לא\n"
    table = read_table(brought(tmp_path, text))
    assert table.frame["text"].to_list() == ["ده واحد ما بيسواش 👩‍👩‍👧", "שלום 😀"]


def test_row_numbers_are_given_only_when_they_are_right(tmp_path: Path) -> None:
    plain = read_table(brought(tmp_path, GOOD))
    assert (plain.row_of(0), plain.row_of(1)) == (2, 3)
    quoted = read_table(brought(tmp_path, 'item,text\n1,"two\nlines"\n2,x\n'))
    assert quoted.row_of(1) is None
    ragged = read_table(brought(tmp_path, GOOD + "3,x\n4,a,yes\n"))
    assert ragged.row_of(2) is None
    lines = read_table(brought(tmp_path, '{"item": 1}\n{"item": 2}', "x.jsonl"))
    assert lines.row_of(1) == 2


def test_half_of_the_lines_in_another_encoding_are_still_two_encodings(tmp_path: Path) -> None:
    table = read_table(brought(tmp_path, "item,rater,label\n1,ana,é\n".encode("cp1252") + "2,ana,é\n".encode()))
    assert table.frame["label"].to_list() == ["é", "é"]
    assert problem(table, "mixed_encoding").row == 2
