"""Addresses of this place."""

from django.urls import path

from smo.web.tokens import views

app_name = "tokens"
urlpatterns = [
    path("", views.tokens, name="list"),
    path("make", views.make, name="list-make"),
    path("<uuid:token_id>/revoke", views.revoke, name="list-revoke"),
]
