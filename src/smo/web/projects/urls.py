"""Addresses of this place."""

from django.urls import path

from smo.web.projects import targets, views

app_name = "projects"
urlpatterns = [
    path("add", views.add_project, name="add"),
    path("<slug:project>/settings", views.project_settings, name="settings"),
    path("<slug:project>/state", views.project_state, name="state"),
    path("<slug:project>/targets", targets.targets, name="targets"),
]
