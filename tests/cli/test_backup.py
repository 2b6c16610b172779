"""What was backed up comes back: every row, every file, the audit trail whole; what is damaged is refused."""

import io
import json
import os
import tarfile
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from smo.cli import backup, database, restore
from smo.cli.faults import CommandFault
from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from tests import database as test_database
from tests.cli.test_serving import House, house  # noqa: F401 - a fixture
from tests.horizon import sealed


@pytest.fixture
def settings_with_home(tmp_path):
    """A home with a key, an anchor and a lake."""
    home = tmp_path / "home"
    (home / "lake" / "facts" / "_delta_log").mkdir(parents=True)
    (home / "lake" / "facts" / "_delta_log" / "0.json").write_text("{}")
    (home / "lake" / "facts" / "part-0.parquet").write_bytes(bytes(range(256)) * 9000)
    (home / "anchors").mkdir()
    (home / "anchors" / "2026-01-01.json").write_text("{}")
    (home / "secret_key").write_text("s" * 40)
    (home / "cache").mkdir()
    (home / "cache" / "x").write_text("made again")
    return SimpleNamespace(home=home, lake_url=str(home / "lake"))


@pytest.fixture
def quick_dump(monkeypatch):
    """A dump without a database."""
    monkeypatch.setattr(backup, "_dump", lambda _url, path: path.write_bytes(b"PGDMP" + bytes(5000)))


def rows(url: str) -> dict[str, list]:
    with psycopg.connect(url) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        tables = [name for (name,) in connection.execute(query)]
        return {name: sorted(map(str, connection.execute(f'SELECT * FROM "{name}"'))) for name in tables}


@pytest.mark.django_db(transaction=True)
def test_every_row_and_file_comes_back(settings_with_home, postgresql, tmp_path) -> None:
    people.create_admin(by=SYSTEM, email="ä@example.org", name="Łukasz \\. O'Neill\t\n")
    sealed()
    path = tmp_path / "b.smo"
    made = backup.save(path, settings=settings_with_home, url=postgresql.owner)
    assert path.stat().st_mode & 0o077 == 0
    found = restore.unpack(path, tmp_path / "out")
    assert found == made
    for part in made.parts[1:]:
        assert (tmp_path / "out" / part.name).read_bytes() == (
            settings_with_home.home / part.name.removeprefix("home/")
        ).read_bytes()
    assert not (tmp_path / "out" / "home" / "cache").exists()

    name = f"{postgresql.name}_restored"
    with psycopg.connect(postgresql.admin, autocommit=True) as admin:
        database.make_database(admin, name)
        try:
            url = make_conninfo(postgresql.owner, dbname=name)
            restore._load(tmp_path / "out" / backup.DUMP, url)
            assert rows(url) == rows(postgresql.owner)
            test_database._connect_django(make_conninfo(postgresql.app, dbname=name))
            assert audit.verify().is_intact
            assert audit.verify().entries >= 3
        finally:
            test_database._connect_django(postgresql.app)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_a_load_that_fails_leaves_the_database_empty(settings_with_home, postgresql, tmp_path) -> None:
    dump = tmp_path / backup.DUMP
    backup._dump(postgresql.owner, dump)
    name = f"{postgresql.name}_restored"
    with psycopg.connect(postgresql.admin, autocommit=True) as admin:
        database.make_database(admin, name)
        try:
            url = make_conninfo(postgresql.owner, dbname=name)
            with psycopg.connect(url, autocommit=True) as owner:
                owner.execute("CREATE TABLE people_account (in_the_way int)")
            with pytest.raises(CommandFault, match="already exists"):
                restore._load(dump, url)
            assert list(rows(url)) == ["people_account"]
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_nothing_is_overwritten(settings_with_home, quick_dump, tmp_path) -> None:
    path = tmp_path / "b.smo"
    path.write_text("precious")
    with pytest.raises(CommandFault, match="overwrites nothing"):
        backup.save(path, settings=settings_with_home, url="")
    assert path.read_text() == "precious"


def test_a_backup_that_fails_leaves_no_file(settings_with_home, quick_dump, tmp_path, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_add", fail)
    with pytest.raises(OSError, match="No space"):
        backup.save(tmp_path / "out" / "b.smo", settings=settings_with_home, url="")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_vanishes_while_it_is_copied_starts_the_copy_over(
    settings_with_home, quick_dump, tmp_path, monkeypatch
) -> None:
    honest, seen = backup._add, []

    def vanish_once(tar: tarfile.TarFile, path: Path, *, name: str) -> backup.Part:
        seen.append(name)
        if seen.count("home/lake/facts/part-0.parquet") == 1 and name.endswith("part-0.parquet"):
            raise FileNotFoundError(path)
        return honest(tar, path, name=name)

    monkeypatch.setattr(backup, "_add", vanish_once)
    made = backup.save(tmp_path / "b.smo", settings=settings_with_home, url="")
    assert restore.unpack(tmp_path / "b.smo", tmp_path / "out") == made
    assert seen.count(backup.DUMP) == 2


def test_the_log_of_a_table_is_kept_before_the_files_it_names(settings_with_home) -> None:
    names = [path.name for path in backup._files(settings_with_home.home)]
    assert names.index("0.json") < names.index("part-0.parquet")


def test_a_failing_dump_is_said_in_words(tmp_path) -> None:
    with pytest.raises(CommandFault, match="could not be dumped"):
        backup._dump(f"postgresql://nobody@/nothing?host={tmp_path}", tmp_path / "d")


@pytest.mark.parametrize("where", [0.02, 0.5, 0.9])
def test_one_changed_byte_is_found(settings_with_home, quick_dump, tmp_path, where) -> None:
    path = tmp_path / "b.smo"
    backup.save(path, settings=settings_with_home, url="")
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 1
    path.write_bytes(content)
    with pytest.raises(CommandFault, match=r"damaged|no backup|no smo backup|cannot be read|which no backup"):
        restore.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("size", [0, 100, 5_000, 100_000])
def test_a_backup_that_was_cut_off_is_found(settings_with_home, quick_dump, tmp_path, size) -> None:
    path = tmp_path / "b.smo"
    backup.save(path, settings=settings_with_home, url="")
    os.truncate(path, size)
    with pytest.raises(CommandFault, match=r"damaged|no backup"):
        restore.unpack(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("home/lake/../../../evil", tarfile.REGTYPE),
        ("/etc/evil", tarfile.REGTYPE),
        ("home/.bashrc", tarfile.REGTYPE),
        ("home/lake/link", tarfile.SYMTYPE),
        ("home/lake/hard", tarfile.LNKTYPE),
        ("home/lake/pipe", tarfile.FIFOTYPE),
    ],
)
def test_a_backup_made_to_hurt_writes_nothing_outside(tmp_path, name, kind) -> None:
    path = tmp_path / "evil.smo"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        info.size = 4 if kind == tarfile.REGTYPE else 0
        tar.addfile(info, io.BytesIO(b"evil"))
    with pytest.raises(CommandFault, match="no backup of smo does"):
        restore.unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_backup_is_said_in_words(tmp_path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(CommandFault, match="is no backup"):
        restore.unpack(tmp_path / "text", tmp_path / "out")
    with pytest.raises(CommandFault, match="There is no file"):
        restore.unpack(tmp_path / "none", tmp_path / "out")


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(CommandFault, match=r"smo 9\.9, which is newer"):
        backup.read_manifest(json.dumps({"format": 2, "smo": "9.9", "made_at": "", "parts": []}))
    with pytest.raises(CommandFault, match="cannot be read"):
        backup.read_manifest('{"format": 1}')


def test_what_a_cut_off_restore_left_is_replaced(tmp_path) -> None:
    staged, home = tmp_path / "staged", tmp_path / "home"
    for base, text in ((staged / "home", "new"), (home, "old")):
        (base / "lake").mkdir(parents=True)
        (base / "lake" / text).touch()
        (base / "secret_key").write_text(text)
    restore._place_files(staged, home)
    assert [path.name for path in (home / "lake").iterdir()] == ["new"]
    assert (home / "secret_key").read_text() == "new"


@pytest.mark.slow
def test_a_whole_house_moves_into_another_home(house, tmp_path) -> None:  # noqa: F811 - the fixture
    with house.smo("up") as running:
        house.until_ready(running)
        with house.smo("backup", str(tmp_path / "b.smo")) as saved:
            assert "files" in saved.communicate()[0]
        running.terminate()
        running.wait(40)
    other = House(house.home.with_name("another home"))
    try:
        with other.smo("restore", str(tmp_path / "b.smo")) as cut:
            for line in cut.stdout:
                if line.startswith("Restoring"):
                    cut.kill()
        with other.smo("serve") as refused:
            assert "cut off" in refused.communicate()[0]
        with other.smo("restore", str(tmp_path / "b.smo")) as restored:
            assert "Restored" in restored.communicate()[0]
        with other.smo("audit", "verify") as verified:
            said = verified.communicate()[0]
            assert verified.returncode == 0, said
            assert "The audit trail is whole." in said
        with other.smo("up") as running:
            assert "@demo.example" not in other.until_ready(running)
            assert other.status() == 200
            with other.smo("restore", str(tmp_path / "b.smo")) as refused:
                assert "already runs" in refused.communicate()[0]
            running.terminate()
            running.wait(40)
        with other.smo("restore", str(tmp_path / "b.smo")) as refused:
            assert "There are data already" in refused.communicate()[0]
        assert (other.home / "secret_key").read_text() == (house.home / "secret_key").read_text()
    finally:
        with other.smo("stop") as stopped:
            stopped.wait()
