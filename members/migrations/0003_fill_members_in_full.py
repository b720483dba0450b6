"""What stood in the register before: each row gets a name for its seal, counts as taken over, and its end a reason."""

import uuid

from django.db import migrations


def fill(apps, schema_editor):
    Member = apps.get_model("members", "Member")
    rows = list(Member.objects.filter(uid=None).only("uid"))
    for row in rows:
        row.uid = uuid.uuid4()
    Member.objects.bulk_update(rows, ["uid"], batch_size=500)
    Member.objects.update(is_taken_over=True)
    for model in (Member, apps.get_model("members", "HistoricalMember")):
        model.objects.filter(ended_on__isnull=False, end_reason="").update(end_reason="unknown")
    apps.get_model("members", "HistoricalMember").objects.update(is_taken_over=True)


class Migration(migrations.Migration):

    dependencies = [("members", "0002_members_in_full_and_savings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
