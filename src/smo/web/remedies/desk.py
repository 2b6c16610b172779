"""What to do about refusals of the desk."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "another_account": _(
        "This answer was made in another account. It stays in this browser until that account signs in again."
    ),
}
