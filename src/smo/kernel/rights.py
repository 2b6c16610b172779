"""What the serving role may do: work on every table, but only add to the audit trail and never alter it."""

from django.db import connections, transaction

SERVING_ROLE = "smo_app"

# Tables of the audit trail: read and add. Everything else: work.
_ADD_ONLY = ("kernel_auditentry", "kernel_auditprivate", "kernel_auditseal", "kernel_auditepoch")
_RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {SERVING_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVING_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {SERVING_ROLE};
REVOKE ALL ON {", ".join(_ADD_ONLY)}, kernel_subjectkey, django_migrations FROM {SERVING_ROLE};
GRANT SELECT, INSERT ON {", ".join(_ADD_ONLY)} TO {SERVING_ROLE};
GRANT SELECT, INSERT, UPDATE (key, erased_at) ON kernel_subjectkey TO {SERVING_ROLE};
GRANT SELECT ON django_migrations TO {SERVING_ROLE};
"""


def grant_rights(using: str) -> bool:
    """Give the serving role its rights; False when this server has no such role (one role serves and migrates)."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND NOT pg_has_role(oid, current_user, 'MEMBER')", [SERVING_ROLE])
        if cursor.fetchone() is None or "kernel_auditentry" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(_RIGHTS)
        return True
