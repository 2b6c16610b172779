"""Write everything that must not be lost into one file: database, lake, anchors and keys, each with its checksum."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from smo.cli import boot, embedded
from smo.cli.faults import CommandFault
from smo.config.env import Environment

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
# What lies in the home besides the database. Caches and collected files are made again.
KEPT = ("secret_key", "smo_app_password", "anchors", "lake", "blobs", "uploads")
TRIES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One file in a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. It is written last, so a backup that was cut off has none."""

    format: int
    smo: str
    made_at: str
    parts: tuple[Part, ...]

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


def read_manifest(text: str) -> Manifest:
    """A manifest from its text. Errors: CommandFault when this release cannot read such a backup."""
    try:
        given = json.loads(text)
        parts = tuple(Part(**part) for part in given.pop("parts"))
        manifest = Manifest(parts=parts, **given)
    except (ValueError, TypeError, KeyError) as fault:
        raise CommandFault(f"The backup's {MANIFEST} cannot be read ({fault}).") from fault
    if manifest.format > FORMAT:
        raise CommandFault(f"The backup was made by smo {manifest.smo}, which is newer. Install that release.")
    return manifest


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for PostgreSQL's programs in which no PG* variable turns them elsewhere."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}


def _dump(url: str, path: Path) -> None:
    program = str(embedded.wheel_binaries() / "pg_dump")
    command = [program, "--format=custom", "--no-owner", "--no-password", f"--dbname={url}", f"--file={path}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=clean(os.environ))
    if done.returncode:
        raise CommandFault(f"The database could not be dumped: {done.stderr.strip()}")


def _files(home: Path) -> Iterator[Path]:
    """The home's files to keep. A Delta table's log comes before the files that it names: those outlive a rewrite."""
    for name in KEPT:
        start = home / name
        if start.is_file():
            yield start
        inside = (path for path in start.rglob("*") if path.is_file() and not path.is_symlink())
        yield from sorted(inside, key=lambda path: ("_delta_log" not in path.parts, path))


class _Summed(io.RawIOBase):
    """A file that is summed while it is read, so that the checksum is of the bytes that were kept."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self.digest.update(found)
        return found

    def close(self) -> None:
        self._file.close()
        super().close()


def _add(tar: tarfile.TarFile, path: Path, *, name: str) -> Part:
    with _Summed(path) as file:
        info = tar.gettarinfo(path, arcname=name)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mode = 0o600
        tar.addfile(info, file)
        return Part(name, info.size, file.digest.hexdigest())


def _write(path: Path, *, home: Path, dump: Path) -> Manifest:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        parts = [_add(tar, dump, name=DUMP)]
        parts += [_add(tar, file, name=f"home/{file.relative_to(home).as_posix()}") for file in _files(home)]
        manifest = Manifest(FORMAT, version("smo"), datetime.now(UTC).isoformat(), tuple(parts))
        text = manifest.text().encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        tar.addfile(info, io.BytesIO(text))
    return manifest


def _again(work: Callable[[], Manifest]) -> Manifest:
    """Facts may be rewritten while they are copied; then the copy starts over."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except FileNotFoundError:
            continue
    return work()


def save(path: Path, *, settings: Environment, url: str) -> Manifest:
    """Write a backup of the database at `url` and of the home. The file appears whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        raise CommandFault(f"{path} exists. Name another file; a backup overwrites nothing.")
    making = path.with_name(f".{path.name}.making")
    with tempfile.TemporaryDirectory(prefix="smo-backup-", dir=path.parent) as folder:
        dump = Path(folder) / DUMP
        _dump(url, dump)
        try:
            making.touch(mode=0o600)
            manifest = _again(lambda: _write(making, home=settings.home, dump=dump))
            with making.open("rb") as file:
                os.fsync(file.fileno())
            making.rename(path)
        finally:
            making.unlink(missing_ok=True)
    return manifest


def back_up(path: Path) -> Manifest:
    """Back up what this process works on, whose surroundings name the owner's way in."""
    return save(path, settings=boot.environment(), url=os.environ["DATABASE_URL"])
