"""A migration of some later day: on SQLite it remakes both tables, and the triggers on them are gone."""

import pkgutil

from django.db import migrations, models

from outlets import migrations as current

LATEST = max(module.name for module in pkgutil.iter_modules(current.__path__))


class Migration(migrations.Migration):
    dependencies = [("outlets", LATEST)]
    operations = [
        migrations.AlterField("outlet", "name", models.CharField(max_length=151)),
        migrations.AlterField("statuschange", "note", models.CharField(max_length=501, blank=True)),
    ]
