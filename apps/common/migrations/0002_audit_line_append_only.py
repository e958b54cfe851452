from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_line_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_line_append_only BEFORE UPDATE OR DELETE ON common_auditline
    FOR EACH ROW EXECUTE FUNCTION audit_line_refuse_change();
"""
BACKWARD = "DROP TRIGGER audit_line_append_only ON common_auditline; DROP FUNCTION audit_line_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
