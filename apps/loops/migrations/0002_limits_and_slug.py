"""Further limits of a loop, what a station of a plan assesses, and a role's address."""

from itertools import count

import django.core.validators
from django.db import migrations, models
from django.utils.text import slugify


def name_roles(apps, schema_editor):
    role_model = apps.get_model("loops", "Role")
    taken = set()
    for role in role_model.objects.order_by("pk"):
        slug = base = slugify(role.title)[:120] or "role"
        numbers = count(2)
        while slug in taken:
            slug = f"{base}-{next(numbers)}"
        taken.add(slug)
        role_model.objects.filter(pk=role.pk).update(slug=slug)


def limits(model):
    most = django.core.validators.MaxValueValidator(100)
    optional = {"null": True, "blank": True}
    return [
        migrations.AddField(model, "ai_craft_share", models.PositiveSmallIntegerField(default=0, validators=[most])),
        migrations.AddField(model, "day_minutes", models.PositiveSmallIntegerField(**optional)),
        migrations.AddField(model, "max_stations", models.PositiveSmallIntegerField(**optional)),
        migrations.AddField(model, "max_competencies", models.PositiveSmallIntegerField(**optional)),
        migrations.AddField(model, "kinds", models.JSONField(default=dict, blank=True)),
    ]


class Migration(migrations.Migration):
    dependencies = [("loops", "0001_initial"), ("library", "0001_initial")]

    operations = [
        *limits("role"),
        *limits("loopplan"),
        migrations.AlterField("loopplan", "candidate_minutes", models.PositiveSmallIntegerField(default=300)),
        migrations.AlterField("loopplan", "interviewer_minutes", models.PositiveSmallIntegerField(default=600)),
        migrations.AlterField("loopplan", "min_ai_craft", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "planstation", "assessed", models.ManyToManyField("library.competency", related_name="+", blank=True)
        ),
        # A SlugField at once would leave its index behind for the unique one to stumble over.
        migrations.AddField("role", "slug", models.CharField(max_length=140, null=True, editable=False)),
        migrations.RunPython(name_roles, migrations.RunPython.noop),
        migrations.AlterField("role", "slug", models.SlugField(max_length=140, unique=True, editable=False)),
    ]
