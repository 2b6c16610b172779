"""Addresses of this place."""

from typing import Any

app_name = "auditing"
urlpatterns: list[Any] = []
