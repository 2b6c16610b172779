"""What can be wrong, as a code and parameters; screens and endpoints put it into words."""


class DomainError(Exception):
    """A request that cannot be met. `code` names the reason, `parameters` fill in the words."""

    code = "domain_error"

    def __init__(self, code: str = "", **parameters: object) -> None:
        self.code = code or type(self).code
        self.parameters = parameters
        super().__init__(self.code, parameters)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.code} ({facts})" if facts else self.code


class NotFound(DomainError):
    """There is no such thing, or none that this actor may know of."""

    code = "not_found"
