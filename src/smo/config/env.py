"""What the surroundings say: every SMO_* variable parsed once, and every fault listed at once."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

Read = TypeVar("Read")

KNOWN = frozenset(
    {
        "SMO_HOME",
        "SMO_APP_DATABASE_URL",
        "SMO_HOST",
        "SMO_PORT",
        "SMO_ALLOWED_HOSTS",
        "SMO_LAKE_URL",
        "SMO_TIME_ZONE",
        "SMO_SECRET_KEY",
        "SMO_ANCHOR_DIR",
        "SMO_DEBUG",
        "SMO_BEHIND_PROXY",
    }
)
SHORTEST_SECRET = 32


class SettingsFault(Exception):
    """The surroundings are wrong; `faults` says every way in which they are."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Environment:
    """Where things stand and who may call."""

    home: Path
    database_url: str
    app_database_url: str
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    lake_url: str
    time_zone: str
    secret_key: str
    anchor_dir: Path
    is_debug: bool
    is_behind_proxy: bool

    @property
    def is_public(self) -> bool:
        """Can anyone but this machine reach us? Then cookies need TLS and demo accounts must be gone."""
        return not all(is_loopback(host) for host in (self.host, *self.allowed_hosts))


class _Reader:
    """Reads one variable after the other and keeps the faults instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        known = ", ".join(sorted(KNOWN))
        self.faults = [
            f"{name}: no such setting. Known: {known}."
            for name in sorted(environ)
            if name.startswith("SMO_") and name not in KNOWN
        ]

    def read(self, name: str, default: str, *, turn: Callable[[str], Read], fallback: Read) -> Read:
        try:
            return turn(self.environ.get(name, "").strip() or default)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return fallback


def is_loopback(host: str) -> bool:
    """Does this name or address stay on this machine?"""
    bare = host.strip("[]")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def parse(environ: Mapping[str, str]) -> Environment:
    """Read the variables. Errors: SettingsFault with every fault, not only the first."""
    reader = _Reader(environ)
    home = reader.read("SMO_HOME", "~/.local/share/smo", turn=_folder, fallback=Path("smo"))
    host = reader.read("SMO_HOST", "127.0.0.1", turn=_host, fallback="127.0.0.1")
    environment = Environment(
        home=home,
        database_url=reader.read("DATABASE_URL", "", turn=_postgresql_url, fallback=""),
        app_database_url=reader.read("SMO_APP_DATABASE_URL", "", turn=_postgresql_url, fallback=""),
        host=host,
        port=reader.read("SMO_PORT", "8000", turn=_port, fallback=0),
        allowed_hosts=reader.read("SMO_ALLOWED_HOSTS", _own_names(host), turn=_names, fallback=()),
        lake_url=reader.read("SMO_LAKE_URL", str(home / "lake"), turn=str, fallback=""),
        time_zone=reader.read("SMO_TIME_ZONE", "UTC", turn=_time_zone, fallback="UTC"),
        secret_key=reader.read("SMO_SECRET_KEY", "", turn=_secret, fallback=""),
        anchor_dir=reader.read("SMO_ANCHOR_DIR", str(home / "anchors"), turn=_folder, fallback=Path("anchors")),
        is_debug=reader.read("SMO_DEBUG", "0", turn=_switch, fallback=False),
        is_behind_proxy=reader.read("SMO_BEHIND_PROXY", "0", turn=_switch, fallback=False),
    )
    if environment.is_debug and environment.is_public:
        reader.faults.append("SMO_DEBUG: shows settings and code in the browser. Leave it out where others can call.")
    if reader.faults:
        raise SettingsFault(tuple(reader.faults))
    return environment


def secret_key(environment: Environment) -> str:
    """The key that signs sessions: the given one, else the one in the home, made there on first need."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.home / "secret_key"
    if not path.exists():
        _make_secret(path)
    return path.read_text(encoding="ascii").strip()


def _make_secret(path: Path) -> None:
    """Write a new key that only the owner reads. Of two that start at once, the first to finish wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # someone else was first: theirs is the key
    finally:
        fresh.unlink()


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is not a folder. Name a folder, or one that can be made.")
    return path


def _host(text: str) -> str:
    if not text.isprintable() or any(sign in text for sign in " /,@"):
        raise ValueError(f"{text!r} is not a host. Give one name or address, such as 127.0.0.1 or 0.0.0.0.")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"{text!r} is not a port. Give a whole number from 1 to 65535.")
    return int(text)


def _own_names(host: str) -> str:
    every_interface = {"0.0.0.0", "::"}  # noqa: S104 - to tell it from a name
    return ",".join(dict.fromkeys(("127.0.0.1", "localhost", "[::1]", *({host} - every_interface))))


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    wrong = [name for name in names if name == "*" or any(sign in name for sign in " /@")]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} cannot be allowed. List host names, separated by commas; * opens to all.")
    return names


def _postgresql_url(text: str) -> str:
    if not text:
        return text
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("not a PostgreSQL address. Write postgresql://user:password@host:5432/name.")
    try:
        conninfo_to_dict(text)
    except ProgrammingError:
        # libpq's message quotes the address, and the address may hold a password
        raise ValueError("cannot be read as a PostgreSQL address. Percent-encode special characters in it.") from None
    return text


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(f"{text!r} is not a time zone. Use a name such as UTC or Asia/Singapore.")
    return text


def _secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise ValueError(
            f"only {len(text)} characters. Give {SHORTEST_SECRET} or more, or leave it out to have one made."
        )
    return text


def _switch(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(f"{text!r} is neither 0 nor 1.")
    return text == "1"
