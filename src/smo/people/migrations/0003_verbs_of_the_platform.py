"""What the seeded roles may do since there are projects, items, labels and audits."""

from django.db import migrations

ANYONE = ["view_roles", "view_catalog"]
VIEWER = [*ANYONE, "view_people", "view_numbers"]
CONTENT = ["view_items", "view_findings"]
ROLES = {
    "annotator": [*ANYONE, "label"],
    "auditor": [*ANYONE, "audit"],
    "adjudicator": ANYONE,
    "team_lead": [*ANYONE, *CONTENT, "view_numbers", "manage_queues", "answer_flags"],
    "vendor_lead": [*ANYONE, "view_numbers"],
    "qa_manager": [*VIEWER, *CONTENT, "draw_audits", "set_targets"],
    "delivery_manager": [
        *VIEWER, *CONTENT, "view_sign_ins", "manage_catalog", "manage_projects", "set_targets", "import_data",
        "manage_queues", "draw_audits",
    ],
    "policy_owner": [*ANYONE, *CONTENT, "manage_policies", "approve_guidelines", "answer_flags", "view_numbers"],
    "trainer": VIEWER,
    "planner": VIEWER,
    "requester": [*ANYONE, "view_numbers", "import_data"],
    "model_engineer": [*ANYONE, "view_numbers", "import_data"],
    "wellness_officer": VIEWER,
    "compliance": [*VIEWER, "view_audit_trail", "view_sign_ins"],
    "admin": [
        *VIEWER, *CONTENT, "manage_people", "manage_accounts", "grant_roles", "view_audit_trail", "view_sign_ins",
        "manage_catalog", "manage_policies", "approve_guidelines", "manage_projects", "set_targets", "import_data",
        "label", "manage_queues", "answer_flags", "draw_audits", "audit",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("people", "0002_roles")]

    operations = [
        migrations.RunSQL(
            [("UPDATE people_role SET verbs = %s WHERE name = %s", [verbs, name]) for name, verbs in ROLES.items()],
            migrations.RunSQL.noop,
        ),
    ]
