"""The entry point for the web server; WSGI, because ASGI over synchronous views costs more than twice as much."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smo.config.settings")

application = get_wsgi_application()
