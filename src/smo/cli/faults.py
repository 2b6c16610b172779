"""What stops a command, in words that a person can act on; the command ends with exit code 2."""


class CommandFault(Exception):
    """A command cannot do what was asked. The text says why and what to do."""


class ServerFault(CommandFault):
    """The database cannot be reached or run."""
