"""Addresses of the desk."""

from django.urls import path

from smo.web.desk import exchange, views

app_name = "desk"
urlpatterns = [
    path("", views.queues, name="queues"),
    path("queue/<uuid:desk_queue>", views.queue, name="queues-queue"),
    path("queue/<uuid:desk_queue>/guideline/<uuid:guideline_id>", views.guideline, name="guideline"),
    path("queue/<uuid:desk_queue>/claims", exchange.claim, name="claim"),
    path("decisions", exchange.submit, name="submit"),
    path("decisions/<uuid:decision_id>/retract", exchange.retract, name="retract"),
    path("claims/extend", exchange.extend, name="extend"),
    path("claims/release", exchange.release, name="release"),
    path("claims/<uuid:claim_id>/flag", exchange.flag, name="flag"),
]
