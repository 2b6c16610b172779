"""Changes to the catalog: each by someone, whole or not at all, with its audit entry and its news."""

from smo.catalog.actions.places import add_language, add_market, create_product
from smo.catalog.actions.policies import approve_guideline, create_policy, draft_guideline, save_guideline
from smo.catalog.actions.projects import change_project, create_project, set_project_state, set_target
from smo.catalog.actions.schemas import create_schema, draft_schema, publish_schema, save_schema
from smo.catalog.rules.guidelines import GuidelineText, RuleText
from smo.catalog.rules.projects import ProjectSettings
from smo.catalog.rules.targets import NewTarget

__all__ = [
    "GuidelineText",
    "NewTarget",
    "ProjectSettings",
    "RuleText",
    "add_language",
    "add_market",
    "approve_guideline",
    "change_project",
    "create_policy",
    "create_product",
    "create_project",
    "create_schema",
    "draft_guideline",
    "draft_schema",
    "publish_schema",
    "save_guideline",
    "save_schema",
    "set_project_state",
    "set_target",
]
