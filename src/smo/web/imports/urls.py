"""Addresses of a project's imports."""

from django.urls import path

from smo.web.imports import files, views

app_name = "imports"
urlpatterns = [
    path("<slug:project>/imports", views.import_list, name="imports"),
    path("<slug:project>/imports/begin", files.begin, name="begin"),
    path("<slug:project>/imports/<uuid:import_id>", views.import_page, name="import"),
    path("<slug:project>/imports/<uuid:import_id>/part", files.part, name="part"),
    path("<slug:project>/imports/<uuid:import_id>/end", files.end, name="end"),
    path("<slug:project>/imports/<uuid:import_id>/mapping", views.mapping, name="mapping"),
    path("<slug:project>/imports/<uuid:import_id>/step", views.step, name="step"),
    path("<slug:project>/imports/<uuid:import_id>/cancel", views.cancel, name="cancel"),
    path("<slug:project>/imports/<uuid:import_id>/rejected", files.rejected, name="rejected"),
]
