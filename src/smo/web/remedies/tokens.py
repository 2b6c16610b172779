"""What to do about refusals of API tokens."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "token_name_missing": _("A token needs a name. Write what it is for."),
    "token_verbs_missing": _("Choose at least one thing that the token may do."),
    "token_beyond_own": _(
        "You may not do all of this there yourself. Leave out what you may not, or choose another place."
    ),
    "token_end_not_valid": _("A token ends in the future, and within a year. Choose an earlier end."),
    "token_not_valid": _("This token is unknown, has ended or was revoked. Make a new one."),
    "no_account": _("Only someone who can sign in has tokens. Give the person an account first."),
}
