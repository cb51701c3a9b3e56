from django.db import migrations

from cases import edition


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_award_series'),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: edition.create_table(schema_editor),
            lambda apps, schema_editor: edition.drop_table(schema_editor),
        ),
    ]
