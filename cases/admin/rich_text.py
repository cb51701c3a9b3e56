"""Rich text on forms: an editor over a textarea, which alone does where there is no script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.templatetags.static import static

from cases.admin.desk import LinesField
from cases.rich_text import as_typed, clean

# The tags of word processors may take many times the room of the words.
MOST_MARKUP = 2_000_000


class RichTextInput(forms.Textarea):
    """The script finds the address of the editor's module here; import maps would be inline scripts."""

    class Media:
        css = {"all": ["css/tokens.css", "css/rich_text.css"]}
        js = [Script("js/rich_text.js", type="module")]

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        sources = {"editor": "django_prose_editor/editor.js", "paste": "js/office_paste.js"}
        named = {f"data-rich-{name}": static(path) for name, path in sources.items()}
        return named | super().build_attrs(base_attrs, extra_attrs)


class RichTextInputField(LinesField):
    """Takes HTML from the editor or plain text from a textarea; another way of writing the same is no change."""

    widget = RichTextInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if len(text) > MOST_MARKUP:
            raise ValidationError("内容过大，请分开粘贴，或把全文作为附件上传")
        return clean(text)

    def prepare_value(self, value: Any) -> Any:
        return as_typed(clean(value)) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and clean(initial or "") != clean(data or "")
