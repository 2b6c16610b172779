"""The database itself numbers and digests audit entries, and refuses to change what was written."""

from django.db import migrations

ADD_ONLY = ("kernel_auditentry", "kernel_auditprivate", "kernel_auditseal", "kernel_auditepoch")

FUNCTIONS = """
CREATE FUNCTION kernel_number_audit_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    NEW.epoch := coalesce((SELECT max(number) FROM kernel_auditepoch), 1);
    NEW.hash := sha256(convert_to(jsonb_build_object(
        'id', NEW.id, 'at', to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'done_by', NEW.done_by, 'verb', NEW.verb, 'subject_kind', NEW.subject_kind, 'subject_id', NEW.subject_id,
        'details', NEW.details, 'personal_digest', encode(NEW.personal_digest, 'hex'), 'xid', NEW.xid::text,
        'epoch', NEW.epoch)::text, 'UTF8'));
    RETURN NEW;
END $$;

CREATE FUNCTION kernel_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    -- The owner may empty the tables (a restore into them, the end of a test); whoever serves may not.
    IF TG_OP = 'TRUNCATE' AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The audit trail only grows: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER number_audit_entry BEFORE INSERT ON kernel_auditentry
    FOR EACH ROW EXECUTE FUNCTION kernel_number_audit_entry();
"""

TRIGGERS = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION kernel_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse();
"""

UNDO_TRIGGERS = """
DROP TRIGGER refuse_change ON {table};
DROP TRIGGER refuse_truncate ON {table};
"""

UNDO_FUNCTIONS = """
DROP TRIGGER number_audit_entry ON kernel_auditentry;
DROP FUNCTION kernel_number_audit_entry();
DROP FUNCTION kernel_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO_FUNCTIONS),
        *(migrations.RunSQL(TRIGGERS.format(table=table), UNDO_TRIGGERS.format(table=table)) for table in ADD_ONLY),
    ]
