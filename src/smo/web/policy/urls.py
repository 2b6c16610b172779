"""Addresses of this place."""

from django.urls import path

from smo.web.policy import guidelines, schemas, views

app_name = "policy"
urlpatterns = [
    path("policies/", views.policies, name="policies"),
    path("policies/add", views.add_policy, name="policies-add"),
    path("policies/<slug:policy>", views.policy, name="policy"),
    path("policies/<slug:policy>/draft", views.draft, name="policy-draft"),
    path("guidelines/<uuid:guideline_version_id>", guidelines.guideline, name="guideline"),
    path("guidelines/<uuid:guideline_version_id>/changes", guidelines.changes, name="changes"),
    path("guidelines/<uuid:draft_id>/edit", guidelines.edit, name="guideline-edit"),
    path("guidelines/<uuid:draft_id>/approve", guidelines.approve, name="guideline-approve"),
    path("questions/", schemas.schemas, name="schemas"),
    path("questions/add", schemas.add_schema, name="schemas-add"),
    path("questions/<slug:schema>", schemas.schema, name="schema"),
    path("questions/<slug:schema>/draft", schemas.draft, name="schema-draft"),
    path("question-versions/<uuid:schema_version_id>", schemas.version, name="schema-version"),
    path("question-versions/<uuid:schema_draft_id>/edit", schemas.edit, name="schema-edit"),
    path("question-versions/<uuid:schema_draft_id>/check", schemas.check, name="schema-check"),
    path("question-versions/<uuid:schema_draft_id>/publish", schemas.publish, name="schema-publish"),
]
