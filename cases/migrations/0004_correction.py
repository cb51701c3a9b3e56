import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_browse_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(default=django.utils.timezone.localdate, verbose_name='更正日期')),
                ('text', models.TextField(help_text='原来写的是什么，现在改成什么', verbose_name='更正内容')),
                ('reason', models.CharField(blank=True, help_text='如：原文笔误、来源已更正', max_length=200, verbose_name='原因')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='cases.case', verbose_name='案例')),
            ],
            options={
                'verbose_name': '勘误',
                'verbose_name_plural': '勘误',
                'ordering': ['-date', '-pk'],
            },
        ),
    ]
