"""The fifteen seeded roles. A version that changes kernel.permissions.ROLES changes these rows in a migration."""

from django.db import migrations

VIEW = "view_roles"
ROLES = {
    "annotator": [VIEW],
    "auditor": [VIEW],
    "adjudicator": [VIEW],
    "team_lead": [VIEW],
    "vendor_lead": [VIEW],
    "qa_manager": [VIEW, "view_people"],
    "delivery_manager": [VIEW, "view_people", "view_sign_ins"],
    "policy_owner": [VIEW],
    "trainer": [VIEW, "view_people"],
    "planner": [VIEW, "view_people"],
    "requester": [VIEW],
    "model_engineer": [VIEW],
    "wellness_officer": [VIEW, "view_people"],
    "compliance": [VIEW, "view_people", "view_audit_trail", "view_sign_ins"],
    "admin": [
        VIEW, "view_people", "manage_people", "manage_accounts", "grant_roles", "view_audit_trail", "view_sign_ins",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [("INSERT INTO people_role (name, verbs) VALUES (%s, %s)", [name, verbs]) for name, verbs in ROLES.items()],
            [("DELETE FROM people_role WHERE name = ANY(%s)", [list(ROLES)])],
        ),
    ]
