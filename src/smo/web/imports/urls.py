"""Addresses of this place."""

from typing import Any

app_name = "imports"
urlpatterns: list[Any] = []
