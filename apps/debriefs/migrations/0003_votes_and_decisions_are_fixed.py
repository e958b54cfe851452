from django.db import migrations

# ENABLE ALWAYS: `session_replication_role = replica` would pass an ordinary trigger by.
FORWARD = """
CREATE FUNCTION vote_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A vote that was cast is fixed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER vote_is_fixed BEFORE UPDATE OR DELETE ON debriefs_vote
    FOR EACH ROW EXECUTE FUNCTION vote_refuse_change();
ALTER TABLE debriefs_vote ENABLE ALWAYS TRIGGER vote_is_fixed;

CREATE FUNCTION decision_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A recorded decision is fixed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decision_is_fixed BEFORE UPDATE OR DELETE ON debriefs_decision
    FOR EACH ROW EXECUTE FUNCTION decision_refuse_change();
ALTER TABLE debriefs_decision ENABLE ALWAYS TRIGGER decision_is_fixed;

CREATE FUNCTION decided_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Votes and decisions are not emptied.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER vote_is_not_emptied BEFORE TRUNCATE ON debriefs_vote EXECUTE FUNCTION decided_refuse_truncate();
ALTER TABLE debriefs_vote ENABLE ALWAYS TRIGGER vote_is_not_emptied;
CREATE TRIGGER decision_is_not_emptied BEFORE TRUNCATE ON debriefs_decision
    EXECUTE FUNCTION decided_refuse_truncate();
ALTER TABLE debriefs_decision ENABLE ALWAYS TRIGGER decision_is_not_emptied;
"""
BACKWARD = """
DROP TRIGGER decision_is_not_emptied ON debriefs_decision; DROP TRIGGER vote_is_not_emptied ON debriefs_vote;
DROP FUNCTION decided_refuse_truncate();
DROP TRIGGER decision_is_fixed ON debriefs_decision; DROP FUNCTION decision_refuse_change();
DROP TRIGGER vote_is_fixed ON debriefs_vote; DROP FUNCTION vote_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("debriefs", "0002_debriefs_votes_calibrations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
