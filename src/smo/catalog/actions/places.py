"""Products, markets and languages."""

from uuid import UUID

from django.db import transaction

from smo.catalog import models
from smo.catalog.actions.trail import RefusedAs, note
from smo.catalog.rules.names import normal_code, normal_tag, normal_title
from smo.catalog.rules.refusals import CodeTaken
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Verb, require


@transaction.atomic
def create_product(*, by: Actor, code: str, name: str) -> UUID:
    """Make a product known."""
    require(by, Verb.MANAGE_CATALOG)
    row = models.Product(id=new_id(), code=normal_code(code), name=normal_title(name), created_at=now())
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    note(by=by, verb="product_created", kind="product", code=row.code, details={"name": row.name})
    return row.id


@transaction.atomic
def add_market(*, by: Actor, code: str, name: str) -> None:
    """Make a market known."""
    require(by, Verb.MANAGE_CATALOG)
    row = models.Market(code=normal_tag(code), name=normal_title(name))
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    note(by=by, verb="market_added", kind="market", code=row.code, details={"name": row.name})


@transaction.atomic
def add_language(*, by: Actor, code: str, name: str, is_right_to_left: bool = False) -> None:
    """Make a language known."""
    require(by, Verb.MANAGE_CATALOG)
    row = models.Language(code=normal_tag(code), name=normal_title(name), is_right_to_left=is_right_to_left)
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    note(by=by, verb="language_added", kind="language", code=row.code, details={"name": row.name})
