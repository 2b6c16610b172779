"""SipHash: the published vectors, and numbers that are uniform and belong to the unit."""

import numpy as np
import polars as pl
import pytest

from smo.measure.sample.frame import ids_of
from smo.measure.sample.siphash import _numbers, random_numbers, text_digest

KEY = (0x0706050403020100, 0x0F0E0D0C0B0A0908)  # 00 01 .. 0f, as in the paper's appendix

# OpenSSL 3's SIPHASH with 16 bytes of output, over the bytes 0, 1, .. of that length
OF_LENGTH = {
    0: "a3817f04ba25a8e66df67214c7550293",
    1: "da87c1d86b99af44347659119b22fc45",
    8: "3b62a9ba6258f5610f83e264f31497b4",
    15: "5493e99933b0a8117e08ec0f97cfc3d9",
    16: "6ee2a4ca67b054bbfd3315bf85230577",
    40: "df6a301e95c95dad97ae0cc8c6913bd8",
}


@pytest.mark.parametrize(("length", "expected"), OF_LENGTH.items())
def test_128_bits_as_the_reference(length: int, expected: str) -> None:
    low, high = text_digest(bytes(range(length)).decode("ascii"), key=KEY)
    assert (low | high << 64).to_bytes(16, "little").hex() == expected


def test_64_bits_as_the_paper() -> None:
    """The vector of 16 bytes in the reference implementation by the authors."""
    ids = np.frombuffer(bytes(range(16)), ">u8").astype(np.uint64).reshape(1, 2)
    assert int(_numbers(ids, np.uint64(KEY[0]), np.uint64(KEY[1]))[0]) == 0x3F2ACC7F57C29BDB


def test_numbers_are_uniform_and_independent_between_seeds() -> None:
    ids = np.column_stack([np.zeros(20_000, np.uint64), np.arange(20_000, dtype=np.uint64)])
    one, other = (random_numbers(ids, seed=seed) / 2.0**64 for seed in (11, 12))
    counts, _ = np.histogram(one, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-square of 19 degrees of freedom, 0.1 %
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / 20_000**0.5


def test_a_negative_seed_is_another_seed() -> None:
    ids = np.array([[0, 1]], np.uint64)
    assert random_numbers(ids, seed=-1) != random_numbers(ids, seed=1)
    assert random_numbers(ids, seed=-1) == random_numbers(ids, seed=2**64 - 1)


class TestIdsOfTexts:
    def test_a_uuid_is_its_bytes_and_all_else_a_hash(self) -> None:
        spelled = "0190a1b2-0000-7000-8000-0000000000ff"
        ids = ids_of(pl.Series([spelled, spelled.upper(), spelled.replace("-", "x"), "", "a", "é" * 18]))
        assert ids[0].tolist() == [0x0190A1B200007000, 0x80000000000000FF]
        assert len(np.unique(ids, axis=0)) == 6

    def test_they_do_not_depend_on_their_neighbours(self) -> None:
        texts = [f"case-{place}" for place in range(100)] + ["ü", "日本", "x" * 300]
        whole = ids_of(pl.Series(texts))
        assert all((ids_of(pl.Series([text]))[0] == row).all() for text, row in zip(texts, whole, strict=True))

    @pytest.mark.parametrize("column", [pl.Series([1.5]), pl.Series([None, "a"]), pl.Series([-1]), pl.Series([[1]])])
    def test_what_is_no_id_is_refused(self, column: pl.Series) -> None:
        with pytest.raises(ValueError, match="id"):
            ids_of(column)
