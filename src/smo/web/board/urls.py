"""Addresses of the command centre, of projects and of the items behind numbers."""

from django.urls import path

from smo.web.board import views

app_name = "board"
urlpatterns = [
    path("board", views.command_centre, name="board"),
    path("projects/", views.projects, name="projects"),
    path("projects/<slug:project>", views.project, name="projects-project"),
    path("projects/<slug:project>", views.project, name="project"),  # the short name, for links from other places
    path("projects/<slug:project>/evidence/<slug:kpi>", views.evidence, name="projects-evidence"),
]
