"""Who runs PostgreSQL: the person who started smo or, for root, an account without rights of its own.

PostgreSQL refuses to run as root. The account is given entry to our own folder only; the folders above it stay as
they are. Where it cannot enter them (a home under /root), the database lies below /var/lib/smo instead.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smo.cli.faults import ServerFault

ACCOUNT = "smo-postgres"
STATE = Path("/var/lib/smo")


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """One account of the operating system."""

    name: str
    uid: int
    gid: int


def _account(entry: pwd.struct_passwd) -> SystemAccount:
    return SystemAccount(entry.pw_name, entry.pw_uid, entry.pw_gid)


def current_account() -> SystemAccount:
    """The account that runs this process."""
    try:
        return _account(pwd.getpwuid(os.geteuid()))
    except KeyError:
        raise ServerFault(
            f"User id {os.geteuid()} has no name on this machine, and PostgreSQL does not start without one. "
            "Add the user to /etc/passwd, or set DATABASE_URL to a PostgreSQL that already runs."
        ) from None


def _creation() -> list[str] | None:
    if shutil.which("useradd"):
        return ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
                "--shell", "/bin/false", ACCOUNT]  # fmt: skip
    if shutil.which("adduser"):  # busybox
        return ["adduser", "-S", "-D", "-H", "-s", "/bin/false", ACCOUNT]
    return None


def _unprivileged() -> SystemAccount:
    """The account that root lends to PostgreSQL, made when it does not exist yet."""
    name = "_postgres" if sys.platform == "darwin" else ACCOUNT
    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        command = _creation()
    if command is not None:
        subprocess.run(command, check=False, capture_output=True, timeout=60)
    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        raise ServerFault(
            f"PostgreSQL does not run as root, and the system account {name} could not be made. "
            f"Make it (useradd --system {name}), start smo as another user, or set DATABASE_URL."
        ) from None


def server_account(data: Path) -> SystemAccount:
    """Who runs the server on `data`: ourselves, or for root the owner of what is there, else the lent account."""
    mine = current_account()
    owner = data.stat().st_uid if data.exists() else None
    if mine.uid != 0:
        if owner not in {None, mine.uid}:
            raise ServerFault(
                f"The database in {data} belongs to user id {owner}, not to {mine.name}. "
                "Start smo as that user, or choose another SMO_HOME."
            )
        return mine
    if owner:
        try:
            return _account(pwd.getpwuid(owner))
        except KeyError:
            raise ServerFault(
                f"The database in {data} belongs to user id {owner}, which has no name on this machine. "
                f"Give it to {ACCOUNT}: chown -R {ACCOUNT} '{data.parent}'"
            ) from None
    return _unprivileged()


def run_as(
    account: SystemAccount, command: Sequence[str | Path], *, output: Path | None = None, timeout_seconds: float = 660
) -> subprocess.CompletedProcess[str]:
    """Run a program as `account`, in a session of its own.

    Output goes to a file when it starts a daemon: a daemon keeps a pipe open, and the reader would wait for ever.
    """
    given = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    lent = {} if account.uid == os.geteuid() else {"user": account.uid, "group": account.gid, "extra_groups": []}
    with (output or Path(os.devnull)).open("a") as written:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [str(part) for part in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if output is None else written,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=given,
            start_new_session=True,
            timeout=timeout_seconds,
            **lent,
        )


def can_enter(account: SystemAccount, folder: Path) -> bool:
    """Whether `account` reaches `folder` through all folders above it; asked of the system, not computed."""
    return run_as(account, ["/bin/sh", "-c", 'cd "$1"', "sh", folder], timeout_seconds=30).returncode == 0


def can_run(account: SystemAccount, program: Path) -> bool:
    """Whether `account` reaches and may run `program`."""
    question = 'test -x "$1" && "$1" --version'
    return run_as(account, ["/bin/sh", "-c", question, "sh", program], timeout_seconds=30).returncode == 0


def _let_in(account: SystemAccount, folder: Path) -> None:
    """Let the account's group pass through our own folder; it may not list it, and others gain nothing."""
    if account.uid == os.geteuid() or can_enter(account, folder):
        return
    mode = folder.stat().st_mode & 0o7777
    os.chown(folder, -1, account.gid)
    folder.chmod(mode | 0o010)


def own_folder(account: SystemAccount, folder: Path) -> Path:
    """`folder`, existing, 0700 and owned by `account`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def open_state() -> Path:
    """The folder for what root's own folders would hide from the lent account."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    STATE.chmod(0o755)
    return STATE


def reachable(account: SystemAccount, folder: Path, *, otherwise: str) -> Path:
    """`folder` when the account can enter the folder above it, else a folder named `otherwise` in our state folder."""
    if folder.exists() and folder.stat().st_uid == account.uid and can_enter(account, folder):
        return folder
    _let_in(account, folder.parent)
    if can_enter(account, folder.parent):
        return folder
    return open_state() / otherwise
