from django.db import migrations

from kkmp.accounts.second_factors import PREFIX, seal, unseal


def _convert(authenticators, convert):
    for row in authenticators.objects.order_by("pk"):
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = convert(row.data[name])
        row.save(update_fields=["data"])


def seal_all(apps, schema_editor):
    _convert(
        apps.get_model("mfa", "Authenticator"),
        lambda text: text if text.startswith(PREFIX) else seal(text),
    )


def unseal_all(apps, schema_editor):
    _convert(apps.get_model("mfa", "Authenticator"), unseal)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_access_event_by_time"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_all, unseal_all)]
