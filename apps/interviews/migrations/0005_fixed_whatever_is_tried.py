from django.db import migrations

# ENABLE ALWAYS: `session_replication_role = replica` would pass an ordinary trigger by.
FORWARD = """
ALTER TABLE interviews_scorecard ENABLE ALWAYS TRIGGER scorecard_submitted_is_fixed;
ALTER TABLE interviews_rating ENABLE ALWAYS TRIGGER rating_submitted_is_fixed;

CREATE FUNCTION scorecard_check_amends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amends_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM interviews_scorecard
        WHERE id = NEW.amends_id AND state = 'submitted'
            AND interview_id = NEW.interview_id AND interviewer_id = NEW.interviewer_id
    ) THEN
        RAISE EXCEPTION 'An amendment amends a submitted scorecard of the same interviewer and interview.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scorecard_amends_its_own BEFORE INSERT OR UPDATE ON interviews_scorecard
    FOR EACH ROW EXECUTE FUNCTION scorecard_check_amends();
ALTER TABLE interviews_scorecard ENABLE ALWAYS TRIGGER scorecard_amends_its_own;

CREATE FUNCTION written_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What interviewers wrote is not emptied.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER scorecard_is_not_emptied BEFORE TRUNCATE ON interviews_scorecard
    EXECUTE FUNCTION written_refuse_truncate();
ALTER TABLE interviews_scorecard ENABLE ALWAYS TRIGGER scorecard_is_not_emptied;
CREATE TRIGGER rating_is_not_emptied BEFORE TRUNCATE ON interviews_rating
    EXECUTE FUNCTION written_refuse_truncate();
ALTER TABLE interviews_rating ENABLE ALWAYS TRIGGER rating_is_not_emptied;
CREATE TRIGGER calibration_rating_is_not_emptied BEFORE TRUNCATE ON interviews_calibrationrating
    EXECUTE FUNCTION written_refuse_truncate();
ALTER TABLE interviews_calibrationrating ENABLE ALWAYS TRIGGER calibration_rating_is_not_emptied;

CREATE FUNCTION calibration_rating_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A calibration rating is given once.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER calibration_rating_is_fixed BEFORE UPDATE OR DELETE ON interviews_calibrationrating
    FOR EACH ROW EXECUTE FUNCTION calibration_rating_refuse_change();
ALTER TABLE interviews_calibrationrating ENABLE ALWAYS TRIGGER calibration_rating_is_fixed;
"""
BACKWARD = """
DROP TRIGGER calibration_rating_is_fixed ON interviews_calibrationrating;
DROP FUNCTION calibration_rating_refuse_change();
DROP TRIGGER calibration_rating_is_not_emptied ON interviews_calibrationrating;
DROP TRIGGER rating_is_not_emptied ON interviews_rating;
DROP TRIGGER scorecard_is_not_emptied ON interviews_scorecard;
DROP FUNCTION written_refuse_truncate();
DROP TRIGGER scorecard_amends_its_own ON interviews_scorecard;
DROP FUNCTION scorecard_check_amends();
ALTER TABLE interviews_rating ENABLE TRIGGER rating_submitted_is_fixed;
ALTER TABLE interviews_scorecard ENABLE TRIGGER scorecard_submitted_is_fixed;
"""


class Migration(migrations.Migration):
    dependencies = [("interviews", "0004_amendments_and_calibration_items")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
