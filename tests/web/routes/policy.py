"""Policies, guideline versions, questions, and the short lists of the catalog in the office."""

from smo.catalog import actions, queries
from smo.catalog.actions import ProjectSettings
from smo.kernel.permissions import SYSTEM, Verb
from tests.web.routes.kinds import POST

PAGES: dict[str, str | Verb] = {
    "office/products": Verb.VIEW_CATALOG,
    "office/markets": Verb.VIEW_CATALOG,
    "office/languages": Verb.VIEW_CATALOG,
    "policies/": Verb.VIEW_CATALOG,
    "policies/add": Verb.MANAGE_POLICIES,
    "policies/<slug:policy>": Verb.VIEW_CATALOG,
    "policies/<slug:policy>/draft": POST,
    "guidelines/<uuid:guideline_version_id>": Verb.VIEW_CATALOG,
    "guidelines/<uuid:guideline_version_id>/changes": Verb.VIEW_CATALOG,
    "guidelines/<uuid:draft_id>/edit": Verb.MANAGE_POLICIES,
    "guidelines/<uuid:draft_id>/approve": Verb.APPROVE_GUIDELINES,
    "questions/": Verb.VIEW_CATALOG,
    "questions/add": Verb.MANAGE_POLICIES,
    "questions/<slug:schema>": Verb.VIEW_CATALOG,
    "questions/<slug:schema>/draft": POST,
    "question-versions/<uuid:schema_version_id>": Verb.VIEW_CATALOG,
    "question-versions/<uuid:schema_draft_id>/edit": Verb.MANAGE_POLICIES,
    "question-versions/<uuid:schema_draft_id>/check": POST,
    "question-versions/<uuid:schema_draft_id>/publish": Verb.MANAGE_POLICIES,
}
CHANGES: dict[str, Verb] = {
    "office/products": Verb.MANAGE_CATALOG,
    "office/markets": Verb.MANAGE_CATALOG,
    "office/languages": Verb.MANAGE_CATALOG,
    "policies/add": Verb.MANAGE_POLICIES,
    "policies/<slug:policy>/draft": Verb.MANAGE_POLICIES,
    "guidelines/<uuid:draft_id>/edit": Verb.MANAGE_POLICIES,
    "guidelines/<uuid:draft_id>/approve": Verb.APPROVE_GUIDELINES,
    "questions/add": Verb.MANAGE_POLICIES,
    "questions/<slug:schema>/draft": Verb.MANAGE_POLICIES,
    "question-versions/<uuid:schema_draft_id>/edit": Verb.MANAGE_POLICIES,
    "question-versions/<uuid:schema_draft_id>/check": Verb.MANAGE_POLICIES,
    "question-versions/<uuid:schema_draft_id>/publish": Verb.MANAGE_POLICIES,
}
SENT = {"name": "New", "code": "new", "revision": "1"}


def made(known: dict[str, str]) -> dict[str, str]:
    """A project's policy and questions, each with a version in force and a draft."""
    del known
    code = "policy-routes"
    actions.create_product(by=SYSTEM, code=code, name="Routes")
    actions.create_project(by=SYSTEM, settings=ProjectSettings(code, "Routes", code), template="violation")
    in_force = queries.policy(by=SYSTEM, code=code).versions[0].id
    asked = queries.schema(by=SYSTEM, code=code).versions[0].id
    return {
        "<slug:policy>": code,
        "<slug:schema>": code,
        "<uuid:guideline_version_id>": str(in_force),
        "<uuid:schema_version_id>": str(asked),
        "<uuid:draft_id>": str(actions.draft_guideline(by=SYSTEM, policy=code)),
        "<uuid:schema_draft_id>": str(actions.draft_schema(by=SYSTEM, schema=code)),
    }
