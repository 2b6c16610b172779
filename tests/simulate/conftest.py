"""Tests of the example department run on a real PostgreSQL."""

from tests.database import django_db_modify_db_settings, django_db_setup, postgresql  # noqa: F401 - fixtures
