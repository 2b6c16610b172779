"""What to do about refusals of numbers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "period_not_known": _("There is no such period. Choose one above the numbers."),
    "kpi_not_known": _("There is no such number, or no items stand behind it. Go back to the project's page."),
}
