from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=700)),
                ("key", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("answer", models.TextField()),
                ("done", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="access_act_once")],
            },
        ),
    ]
