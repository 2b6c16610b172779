"""Products, markets and languages: short lists that everybody reads."""

from dataclasses import dataclass

from django.db.models import Count

from smo.catalog import models


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product."""

    code: str
    name: str
    projects: int


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One market."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language."""

    code: str
    name: str
    is_right_to_left: bool


def products() -> tuple[ProductRow, ...]:
    """Every product by name."""
    rows = models.Product.objects.annotate(used=Count("projects")).order_by("name", "code")
    return tuple(ProductRow(row.code, row.name, row.used) for row in rows)


def markets() -> tuple[MarketRow, ...]:
    """Every market by name."""
    return tuple(MarketRow(row.code, row.name) for row in models.Market.objects.order_by("name", "code"))


def languages() -> tuple[LanguageRow, ...]:
    """Every language by name."""
    rows = models.Language.objects.order_by("name", "code")
    return tuple(LanguageRow(row.code, row.name, row.is_right_to_left) for row in rows)
