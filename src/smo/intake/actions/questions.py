"""The questions that an import's answers belong to: the project's own, or made from the labels when it has none."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from smo.catalog import actions as catalog_actions
from smo.catalog import queries as catalog
from smo.catalog.rules.projects import ProjectSettings
from smo.catalog.rules.schema import Schema
from smo.intake import models
from smo.intake.rules.answers import made_definition
from smo.intake.rules.faults import NoQuestions
from smo.kernel.clock import now
from smo.kernel.permissions import Actor


def schema_for(*, row: models.Import, by: Actor, labels: Sequence[tuple[str | None, str]]) -> Schema:
    """The schema in force in the import's project. Errors: NoQuestions."""
    version = catalog.binding(row.project_id, now()).schema_version_id
    if version is None and row.mapping.get("make_questions") and labels:
        version = _made_questions(row, by=by, labels=labels)
    if version is None:
        raise NoQuestions(project=row.project.code)
    row.mapping = {**row.mapping, "schema_version": str(version)}  # publishing makes sure that it still holds
    return catalog.schema_version(version).schema


def _made_questions(row: models.Import, *, by: Actor, labels: Sequence[tuple[str | None, str]]) -> UUID:
    """A published schema for the labels of the file, taken up by the project."""
    by_question: dict[str, list[str]] = {}
    for name, label in labels:
        by_question.setdefault(name or "label", []).append(label)
    project = row.project.code
    code = f"{project}-questions"[:60]
    version = catalog_actions.create_schema(
        by=by, code=code, name=f"{row.project.name}: questions", definition=made_definition(by_question)
    )
    catalog_actions.publish_schema(by=by, version_id=version)
    detail = catalog.project(by=by, code=project)
    same = {field.name for field in fields(ProjectSettings)} - {"product", "policy", "schema"}
    kept = {name: getattr(detail, name) for name in same}
    settings = ProjectSettings(**kept, product=detail.product_code, policy=detail.policy_code, schema=code)
    catalog_actions.change_project(by=by, project=project, revision=detail.revision, settings=settings)
    return version
