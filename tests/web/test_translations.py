"""Every text that people read has its Arabic counterpart, with the same places to fill in."""

import re
import subprocess
from gettext import GNUTranslations

import pytest

from tests.web.catalogue import DIST, WEB, compiled, texts_of_code, texts_of_templates

_PLACES = re.compile(r"%\((\w+)\)s")

needs_build = pytest.mark.skipif(
    not (DIST / "locale").is_dir(),
    reason="the front end is not built: run ./dev setup, which compiles the translations",
)


@needs_build
def test_no_text_is_left_in_english() -> None:
    arabic = compiled("ar")._catalog  # type: ignore[attr-defined]
    known = {key[0] if isinstance(key, tuple) else key for key in arabic}
    texts = {*texts_of_templates(), *texts_of_code()}
    assert len(texts) > 250
    assert sorted(texts - known) == []


@needs_build
def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    arabic = compiled("ar")._catalog  # type: ignore[attr-defined]
    known = {key[0] if isinstance(key, tuple) else key for key in arabic} - {""}
    assert sorted(known - {*texts_of_templates(), *texts_of_code()}) == []


@needs_build
def test_places_to_fill_in_are_the_same() -> None:
    arabic = compiled("ar")._catalog  # type: ignore[attr-defined]
    for key, text in arabic.items():
        if isinstance(key, str) and key:
            assert sorted(_PLACES.findall(key)) == sorted(_PLACES.findall(text)), key


@needs_build
def test_arabic_has_its_six_forms_of_number() -> None:
    arabic = compiled("ar")
    said = {arabic.ngettext("%(n)s break", "%(n)s breaks", n) for n in (0, 1, 2, 3, 11, 100)}
    assert len(said) == 6


@needs_build
def test_the_compiled_file_is_that_of_gettext(tmp_path) -> None:
    """Where gettext's own compiler stands by, ours must agree with it to the last entry."""
    source = WEB / "locale" / "ar" / "LC_MESSAGES" / "django.po"
    try:
        subprocess.run(["msgfmt", "-o", tmp_path / "django.mo", source], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("msgfmt is not installed here; Debian: apt install gettext")
    with (tmp_path / "django.mo").open("rb") as file:
        theirs = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert compiled("ar")._catalog == theirs  # type: ignore[attr-defined]
