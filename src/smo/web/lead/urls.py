"""Addresses of this place."""

from typing import Any

app_name = "lead"
urlpatterns: list[Any] = []
