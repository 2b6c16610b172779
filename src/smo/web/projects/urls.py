"""Addresses of this place."""

from typing import Any

app_name = "projects"
urlpatterns: list[Any] = []
