from django.db import migrations, models

import apps.accounts.models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_groups")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="time_zone",
            field=models.CharField(default="UTC", max_length=60, validators=[apps.accounts.models.validate_time_zone]),
        ),
    ]
