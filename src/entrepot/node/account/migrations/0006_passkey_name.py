from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('account', '0005_consumer'),
    ]

    operations = [
        migrations.AddField(
            model_name='passkey',
            name='name',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
    ]
