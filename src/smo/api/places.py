"""Products, markets and languages: what projects are made for."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from smo.api.callers import caller, require_somewhere
from smo.api.pages import Made, Rows, all_of, given
from smo.catalog import actions, queries
from smo.kernel.permissions import Verb

router = Router(tags=["catalog"])


class Named(Schema):
    """A code that never changes, and a name that people read."""

    code: str = Field(max_length=60)
    name: str = Field(max_length=200)


class LanguageIn(Named):
    """A language by its BCP 47 tag."""

    is_right_to_left: bool = False


@router.get("/products", response=Rows[queries.ProductRow], summary="All products")
def products(request: HttpRequest) -> object:
    """What clients run and moderate."""
    require_somewhere(request, Verb.VIEW_CATALOG)
    return all_of(queries.products())


@router.post("/products", response={201: Made}, summary="Add a product")
def create_product(request: HttpRequest, sent: Named) -> dict[str, UUID]:
    """Its code stays; projects name it."""
    return {"id": actions.create_product(by=caller(request), code=sent.code, name=sent.name)}


@router.get("/markets", response=Rows[queries.MarketRow], summary="All markets")
def markets(request: HttpRequest) -> object:
    """Places with rules and an audience of their own."""
    require_somewhere(request, Verb.VIEW_CATALOG)
    return all_of(queries.markets())


@router.post("/markets", response={204: None}, summary="Add a market")
def add_market(request: HttpRequest, sent: Named) -> None:
    """By its code (ISO 3166 or one's own)."""
    actions.add_market(by=caller(request), code=sent.code, name=sent.name)


@router.get("/languages", response=Rows[queries.LanguageRow], summary="All languages")
def languages(request: HttpRequest) -> object:
    """By their BCP 47 tags."""
    require_somewhere(request, Verb.VIEW_CATALOG)
    return all_of(queries.languages())


@router.post("/languages", response={204: None}, summary="Add a language")
def add_language(request: HttpRequest, sent: LanguageIn) -> None:
    """By its BCP 47 tag."""
    actions.add_language(by=caller(request), **given(sent))
