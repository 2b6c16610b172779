"""What the desk itself refuses."""

from smo.kernel.errors import DomainError


class AnotherAccount(DomainError):
    """The answer was made in another account's session; only that one may send it."""

    code = "another_account"
