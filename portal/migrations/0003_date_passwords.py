from django.db import migrations


def date_passwords(apps, schema_editor):
    """Passwords that are there already count from today on: nobody is locked out by the upgrade."""
    user_model, record = apps.get_model("auth", "User"), apps.get_model("portal", "PasswordRecord")
    users = user_model.objects.using(schema_editor.connection.alias).exclude(password__startswith="!").exclude(password="")
    record.objects.using(schema_editor.connection.alias).bulk_create(
        record(user_id=user.pk, password_hash=user.password) for user in users
    )



class Migration(migrations.Migration):

    dependencies = [("portal", "0002_accounts")]

    operations = [migrations.RunPython(date_passwords, migrations.RunPython.noop)]
