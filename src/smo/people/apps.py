"""People as Django sees them."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who works here."""

    name = "smo.people"
    label = "people"
