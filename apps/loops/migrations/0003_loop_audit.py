"""An existing loop, held against a role."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loops", "0002_limits_and_slug"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoopAudit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("typed", "typed in"),
                            ("csv", "CSV"),
                            ("yaml", "YAML"),
                            ("greenhouse", "Greenhouse job stages"),
                            ("plan", "loop plan"),
                        ],
                        max_length=10,
                    ),
                ),
                ("stations", models.JSONField()),
                ("skipped", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("matching", "to be matched"), ("confirmed", "matched")],
                        default="matching",
                        max_length=10,
                    ),
                ),
                ("most_changes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loops.loopplan",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="audits", to="loops.role"
                    ),
                ),
            ],
            options={
                "ordering": ["role", "-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("state", "matching")),
                            models.Q(("confirmed_at__isnull", False), ("state", "confirmed")),
                            _connector="OR",
                        ),
                        name="audit_confirmed_at_matches_state",
                        violation_error_message="An audit whose matches are confirmed says when.",
                    )
                ],
            },
        ),
    ]
