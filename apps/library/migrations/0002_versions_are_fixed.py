from django.db import migrations

FORWARD = """
CREATE FUNCTION library_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was published in the library never changes: make a new version.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER level_is_fixed BEFORE UPDATE ON library_level
    FOR EACH ROW EXECUTE FUNCTION library_refuse_change();
CREATE TRIGGER station_version_is_fixed BEFORE UPDATE ON library_stationversion
    FOR EACH ROW EXECUTE FUNCTION library_refuse_change();
CREATE TRIGGER measure_is_fixed BEFORE UPDATE ON library_measure
    FOR EACH ROW EXECUTE FUNCTION library_refuse_change();
"""
BACKWARD = """
DROP TRIGGER measure_is_fixed ON library_measure;
DROP TRIGGER station_version_is_fixed ON library_stationversion;
DROP TRIGGER level_is_fixed ON library_level;
DROP FUNCTION library_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
