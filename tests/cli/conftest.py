"""Most tests of the command need no database; those of backup and database ask for the real one."""

from tests.database import django_db_modify_db_settings, django_db_setup, postgresql  # noqa: F401 - fixtures
