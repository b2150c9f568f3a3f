from typing import Any

from django.db import migrations, models


def close_invitations(apps: Any, schema_editor: Any) -> None:
    """Links of letters that were sent before lead nowhere: whoever invited may invite again."""
    apps.get_model('account', 'Invitation').objects.filter(closed=None).update(closed=models.F('expires'))


class Migration(migrations.Migration):

    dependencies = [
        ('account', '0006_passkey_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('email', models.CharField(max_length=254)),
                ('stand', models.CharField(blank=True, max_length=64)),
                ('aim', models.CharField(blank=True, max_length=1000)),
                ('expires', models.DateTimeField()),
            ],
        ),
        migrations.RunPython(close_invitations, migrations.RunPython.noop),
    ]
