"""Addresses of the team lead's place."""

from django.urls import path

from smo.web.lead import flags, views

app_name = "lead"
urlpatterns = [
    path("queues/", views.queues_page, name="queues"),
    path("queues/add", views.add_queue, name="queues-add"),
    path("queues/<uuid:queue_id>", views.queue_page, name="queues-queue"),
    path("queues/<uuid:queue_id>/state", views.set_state, name="queues-state"),
    path("flags/", flags.flags_page, name="flags"),
    path("flags/<uuid:flag_id>", flags.flag_page, name="flags-flag"),
]
