"""The import contracts hold."""

from importlinter.cli import lint_imports

from tests.house import source


def test_contracts_hold(monkeypatch, capsys) -> None:
    monkeypatch.chdir(source.ROOT)
    assert lint_imports(config_filename=str(source.ROOT / ".importlinter"), no_cache=True) == 0, capsys.readouterr().out


def test_contracts_are_all_seven_there() -> None:
    text = (source.ROOT / ".importlinter").read_text(encoding="utf-8")
    for contract in ("floors", "rooms", "doors", "pure", "circles", "shelves", "places"):
        assert f"[importlinter:contract:{contract}]" in text
