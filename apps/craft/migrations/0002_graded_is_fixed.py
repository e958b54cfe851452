from django.db import migrations

# ENABLE ALWAYS: `session_replication_role = replica` would pass an ordinary trigger by.
FORWARD = """
CREATE FUNCTION craft_grading_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'queued' THEN
        RAISE EXCEPTION 'A grading that has ended is fixed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER craft_grading_is_fixed BEFORE UPDATE OR DELETE ON craft_grading
    FOR EACH ROW EXECUTE FUNCTION craft_grading_refuse_change();
ALTER TABLE craft_grading ENABLE ALWAYS TRIGGER craft_grading_is_fixed;

CREATE FUNCTION craft_grading_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Gradings are not emptied.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER craft_grading_is_not_emptied BEFORE TRUNCATE ON craft_grading
    EXECUTE FUNCTION craft_grading_refuse_truncate();
ALTER TABLE craft_grading ENABLE ALWAYS TRIGGER craft_grading_is_not_emptied;
"""
BACKWARD = """
DROP TRIGGER craft_grading_is_not_emptied ON craft_grading; DROP FUNCTION craft_grading_refuse_truncate();
DROP TRIGGER craft_grading_is_fixed ON craft_grading; DROP FUNCTION craft_grading_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("craft", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
