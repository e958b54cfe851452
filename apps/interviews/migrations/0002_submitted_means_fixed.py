from django.db import migrations

FORWARD = """
CREATE FUNCTION scorecard_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'submitted' THEN
        RAISE EXCEPTION 'A submitted scorecard is fixed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER scorecard_submitted_is_fixed BEFORE UPDATE OR DELETE ON interviews_scorecard
    FOR EACH ROW EXECUTE FUNCTION scorecard_refuse_change();

CREATE FUNCTION rating_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    card_state text;
BEGIN
    SELECT state INTO card_state FROM interviews_scorecard
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.scorecard_id ELSE OLD.scorecard_id END FOR SHARE;
    IF card_state = 'submitted' THEN
        RAISE EXCEPTION 'The ratings of a submitted scorecard are fixed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.scorecard_id <> OLD.scorecard_id THEN
        RAISE EXCEPTION 'A rating stays with its scorecard.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rating_submitted_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON interviews_rating
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_change();
"""
BACKWARD = """
DROP TRIGGER rating_submitted_is_fixed ON interviews_rating; DROP FUNCTION rating_refuse_change();
DROP TRIGGER scorecard_submitted_is_fixed ON interviews_scorecard; DROP FUNCTION scorecard_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
