"""Addresses of this place."""

from typing import Any

app_name = "board"
urlpatterns: list[Any] = []
