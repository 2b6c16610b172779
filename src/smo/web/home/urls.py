"""Addresses of home."""

from django.urls import path

from smo.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("theme", views.remember_theme, name="theme"),
]
