"""Addresses of this place."""

from typing import Any

app_name = "tokens"
urlpatterns: list[Any] = []
