"""What the serving role may do: work on every table, now and later, but only add to the audit trail.

Tables of later migrations are covered by default privileges. Without a role smo_app one role migrates and serves;
then the triggers alone guard the trail.
"""

from django.db import migrations

RIGHTS = """
DO $$
DECLARE
    add_only CONSTANT text := 'kernel_auditentry, kernel_auditprivate, kernel_auditseal, kernel_auditepoch';
    grants CONSTANT text[] := ARRAY[
        'GRANT USAGE ON SCHEMA public TO smo_app',
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO smo_app',
        'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO smo_app',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO smo_app',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO smo_app',
        'REVOKE ALL ON kernel_subjectkey, django_migrations, ' || add_only || ' FROM smo_app',
        'GRANT SELECT, INSERT ON ' || add_only || ' TO smo_app',
        'GRANT SELECT, INSERT, UPDATE (key, erased_at) ON kernel_subjectkey TO smo_app',
        'GRANT SELECT ON django_migrations TO smo_app'];
    statement text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'smo_app') AND current_user <> 'smo_app' THEN
        FOREACH statement IN ARRAY grants LOOP
            EXECUTE statement;
        END LOOP;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_guards")]

    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
