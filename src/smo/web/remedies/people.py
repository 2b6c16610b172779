"""What to do about refusals of people, and of everyone."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "permission_denied": _("Your roles do not allow this. An administrator can give you a role that does."),
    "not_found": _("There is nothing here, or nothing that you may see. Check the address, or go back to the list."),
    "name_missing": _("A person needs a name. Write it as colleagues say it."),
    "email_not_valid": _("This is not an email address. Write it like name@example.org."),
    "email_taken": _("Another account signs in with this address. Search for it in People, or use another address."),
    "account_exists": _("This person has an account already."),
    "password_too_weak": _("This password is too weak. Use 12 characters or more that are not a common word."),
    "role_held_already": _(
        "The person holds this role there already on some of these days. End that one first, or choose other days."
    ),
    "dates_reversed": _("The last day lies before the first. Choose a later day, or leave it empty."),
    "grant_has_ended": _("This role has ended already. Nothing was changed."),
    "grant_beyond_own": _(
        "You can only give or take what you may do yourself there. Ask an administrator of that scope."
    ),
    "account_beyond_own": _("This account may do more than you may. Ask an administrator."),
    "own_admin_role": _("Nobody takes the administrator role from themselves. Another administrator can."),
    "own_account": _("Nobody deactivates their own account. Another administrator can."),
    "no_second_factor": _("This account has no second factor. Nothing was changed."),
    "own_second_factor": _("Your own second factor goes by Your menu, Two-factor authentication."),
    "last_admin": _("This is the last administrator who can sign in. Give the role to someone else first."),
    "password_change_due": _("Choose a password of your own first: Your menu, Change password."),
}
