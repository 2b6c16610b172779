"""Rows of evaluation: what models said about items."""

from django.db import models

from smo.catalog.models import Project
from smo.intake.models import Import, Item
from smo.people.models import Person


class Prediction(models.Model):
    """One model's answer to one question about one item; the model is a person of kind `model`."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="predictions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="predictions")
    model = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="predictions")
    question = models.TextField(default="", blank=True)
    value = models.TextField(default="", blank=True)
    score = models.FloatField(null=True)
    recorded_at = models.DateTimeField()
    brought_by = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="predictions")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "model", "question"], name="prediction_once_per_model_and_question"
            ),
        )
