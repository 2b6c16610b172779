"""The pages in a process of the web server; it ends with the server's main process, even when that was killed."""

import os

from smo.cli.parent import end_with
from smo.config.wsgi import application

__all__ = ["application"]

end_with(os.getppid())
