"""Fields for rich text: whatever is stored is cleaned first, and the plain text beside it is always derived from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Value
from django.db.models.functions import Cast
from django.db.models.query_utils import DeferredAttribute
from django.utils.deconstruct import deconstructible

from cases.rich_text import clean, plain_text

Row = TypeVar("Row", bound=models.Model)


@deconstructible
class AtMost:
    """Counts what readers read, not the tags around it."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, html: str) -> None:
        if (length := len(plain_text(html))) > self.characters:
            raise ValidationError(
                f"这一节有 {length:,} 个字，超过 {self.characters:,} 个字的上限，请删减，或把全文作为附件上传",
                code="too_long",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AtMost) and other.characters == self.characters

    def __hash__(self) -> int:
        return hash(self.characters)


class RichAttribute(DeferredAttribute):
    """Whoever sets the text makes the plain text that was derived of the former one void."""

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
        instance.__dict__[cast("RichTextField", self.field).plain] = None


class PlainAttribute(DeferredAttribute):
    """Derived when it is asked for, and not loaded."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None and instance.__dict__.get(self.field.attname, "") is None:
            rich = instance._meta.get_field(cast("PlainTextField", self.field).source)
            instance.__dict__[self.field.attname] = plain_text(rich.cleaned(getattr(instance, rich.attname)))
        return super().__get__(instance, cls)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class RichTextField(models.TextField):
    """HTML of the allow-list. Plain text that is given becomes paragraphs, with nothing in it taken for markup.

    `plain` names the PlainTextField beside it, declared after it. To migrations both are columns of text.
    """

    descriptor_class = RichAttribute

    def __init__(self, *args: Any, plain: str = "", most: int | None = None, **kwargs: Any) -> None:
        self.plain = plain
        self.most = most
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    @property
    def validators(self) -> list[Any]:
        return [*super().validators, *([AtMost(self.most)] if self.most else [])]

    def cleaned(self, value: Any) -> Any:
        """Return a given value as it is stored; refuse what the database would work out: nobody could clean it."""
        if hasattr(value, "resolve_expression"):
            raise TypeError(f"{self.name} takes a text, not an expression: it has to be cleaned before it is stored")
        return value if value is None else clean(value)

    def to_python(self, value: Any) -> Any:
        return self.cleaned(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        """Words that are searched for stay as they are: only what is stored is cleaned."""
        return models.Field.get_prep_value(self, value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        stored = self.cleaned(value)
        if stored is not value:
            setattr(model_instance, self.attname, stored)
        return stored

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            # Of bulk_update, whose values come here one by one; `RichTextQuerySet` refuses all others.
            return super().get_db_prep_save(value, connection)
        return super().get_db_prep_save(self.cleaned(value), connection)


class PlainTextField(models.TextField):
    """What a RichTextField says, for search, exports and programs; nobody sets it."""

    descriptor_class = PlainAttribute

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"blank": True, "editable": False, "serialize": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_default(self) -> None:
        """None stands for “derive it”."""

    def to_python(self, value: Any) -> None:
        """A value that is given, by a data file or a form, counts for nothing."""

    def get_prep_value(self, value: Any) -> Any:
        return models.Field.get_prep_value(self, value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.source in model_instance.__dict__:
            setattr(model_instance, self.attname, None)
        return getattr(model_instance, self.attname)


def _rich_fields(model: type[models.Model]) -> dict[str, RichTextField]:
    return {field.name: field for field in model._meta.concrete_fields if isinstance(field, RichTextField)}


def with_plain(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Return names of fields, with those of the plain texts that go with them."""
    rich, given = _rich_fields(model), list(names)
    return list(dict.fromkeys([*given, *(rich[name].plain for name in given if name in rich)]))


class RichTextQuerySet(models.QuerySet[Row]):
    """Keeps plain texts in step where rows change without `save()`."""

    def update(self, **values: Any) -> int:
        rich = _rich_fields(self.model)
        of_bulk = {name for name in rich if name in values and _is_of_bulk_update(values[name])}
        self._refuse_derived(set(values) - {rich[name].plain for name in of_bulk})
        for name in rich.keys() & values.keys() - of_bulk:
            values[name] = rich[name].cleaned(values[name])
            values[rich[name].plain] = plain_text(values[name])
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        given = list(fields)
        names = with_plain(self.model, given)
        self._refuse_derived(set(given) - set(with_plain(self.model, set(given) & _rich_fields(self.model).keys())))
        rich, rows = _rich_fields(self.model), list(objs)
        for row in rows:
            for name in rich.keys() & set(names):
                setattr(row, name, rich[name].cleaned(getattr(row, name)))
        return super().bulk_update(rows, names, batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def _refuse_derived(self, names: set[str]) -> None:
        if alone := names & {field.plain for field in _rich_fields(self.model).values()}:
            raise TypeError(f"{', '.join(sorted(alone))} cannot be set: derived from the rich text")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = with_plain(self.model, kwargs["update_fields"])
        return super().bulk_create(objs, *args, **kwargs)


def _is_of_bulk_update(value: Any) -> bool:
    """Whether a value is the choice by row that bulk_update makes, each text of which its field cleans."""
    while isinstance(value, Cast):
        value = value.source_expressions[0]
    if not isinstance(value, models.Case) or not isinstance(value.output_field, RichTextField):
        return False
    texts = [when.result for when in value.cases]
    return all(isinstance(text, Value) and isinstance(text.output_field, RichTextField) for text in texts)
