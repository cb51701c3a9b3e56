from django.db import migrations, models

from cases.rich_text import from_plain, plain_text

SECTIONS = ['background', 'approach', 'results', 'lessons']
LABELS = dict(zip(SECTIONS, ['背景与起因', '主要做法', '工作成效', '经验启示']))
BATCH = 500


def to_rich_text(apps, schema_editor):
    """Turn every plain section into HTML, whatever it looks like, with what it says beside it."""
    quote = schema_editor.quote_name
    places = ', '.join(f'{quote(name)} = %s, {quote(f"{name}_text")} = %s' for name in SECTIONS)
    statement = f'UPDATE {quote("cases_case")} SET {places} WHERE {quote("id")} = %s'
    cases = apps.get_model('cases', 'Case').objects.using(schema_editor.connection.alias).order_by('pk')
    last = 0
    while rows := list(cases.filter(pk__gt=last).values_list('pk', *SECTIONS)[:BATCH]):
        last = rows[-1][0]
        changed = [
            [*(value for html in map(from_plain, texts) for value in (html, plain_text(html))), pk]
            for pk, *texts in rows
            if any(texts)
        ]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(statement, changed)


def to_plain_text(apps, schema_editor):
    quote = schema_editor.quote_name
    places = ', '.join(f'{quote(name)} = {quote(f"{name}_text")}' for name in SECTIONS)
    schema_editor.execute(f'UPDATE {quote("cases_case")} SET {places}')


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_workflow'),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name='case',
                name=f'{name}_text',
                field=models.TextField(
                    blank=True, default='', editable=False, serialize=False, verbose_name=f'{LABELS[name]}（纯文本）'
                ),
                preserve_default=False,
            )
            for name in SECTIONS
        ),
        migrations.RunPython(to_rich_text, to_plain_text),
    ]
