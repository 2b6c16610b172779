"""Addresses of this place."""

from typing import Any

app_name = "policy"
urlpatterns: list[Any] = []
