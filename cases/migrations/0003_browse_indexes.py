
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_term'),
        ('districts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='case_newest',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_kind',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['status', '-year', '-published_at', 'number', 'kind', 'sector', 'district'], name='case_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['status', 'title', 'number'], name='case_title'),
        ),
    ]
