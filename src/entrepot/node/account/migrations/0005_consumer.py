from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('account', '0004_session'),
    ]

    operations = [
        migrations.AddField(
            model_name='business',
            name='is_consumer',
            field=models.BooleanField(default=False),
        ),
    ]
