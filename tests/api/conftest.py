"""Tests of the endpoints run on a real PostgreSQL, each caller with an account of their own."""

from tests.database import django_db_modify_db_settings, django_db_setup, postgresql  # noqa: F401 - fixtures
from tests.visitors import member, own_settings, signed_in  # noqa: F401 - fixtures
