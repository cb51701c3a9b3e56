"""The sheets of the portal hold to docs/design.md, and nothing in them is left over."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.finders import find

pytestmark = pytest.mark.any_database

SHEETS = [path for path in sorted((settings.BASE_DIR / "static/css").glob("*.css")) if path.name != "admin.css"]
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?)\(")
# Classes that a page writes from a number, or from the name of a facet, a move or a field.
COMPOSED = {
    *(f"step-{number}" for number in range(6)),
    *("district", "list"),
    *("move-publish", "move-republish", "field-nature", "field-what"),
    *("dashboard", "change-list"),  # Django's own pages
}
# Those that the editor composes, and what stands around tables in texts.
COMPOSED |= {"prose-menubar__group", "prose-menubar__button", "table-box"}


def rules(sheet: Path) -> list[tuple[str, str]]:
    """Selectors and what is declared for them, without comments."""
    text = re.sub(r"(?s)/\*.*?\*/", "", sheet.read_text())
    return re.findall(r"([^{}]+)\{([^{}]*)\}", text)


def words_of_pages() -> set[str]:
    """Whatever may be a class: in an attribute of a template, or a text of a script."""
    templates = [
        re.sub(r"\{[%{].*?[%}]\}", " ", path.read_text()) for path in settings.BASE_DIR.glob("templates/**/*.html")
    ]
    scripts = [path.read_text() for path in settings.BASE_DIR.glob("static/js/*.js")]
    scripts.append(Path(str(find("django_prose_editor/editor.js"))).read_text())
    # What the library writes itself, and what Django's own templates and widgets have.
    templates += [path.read_text() for path in settings.BASE_DIR.glob("cases/**/*.py")]
    stock = Path(admin.__file__).parent
    templates += [path.read_text() for path in stock.glob("templates/admin/**/*.html")]
    attributes = [found for text in templates for found in re.findall(r'class="([^"]*)"', text)]
    attributes += [found for text in scripts for found in re.findall(r'"([^"\n]*)"', text)]
    return {word for found in attributes for word in re.findall(r"[\w-]+", found)}


def names_on_the_desk() -> set[str]:
    """The classes that Django makes of the fields and columns of the admin."""
    desk: list[Any] = list(admin.site._registry.values())
    parts = [*desk, *(inline for page in desk for inline in page.inlines)]
    names = {str(name) for page in desk for name in (*page.list_display, *page.readonly_fields)}
    names |= {field.name for part in parts for field in part.model._meta.get_fields()}
    return {f"{kind}-{name}" for kind in ("field", "column") for name in names}


@pytest.mark.parametrize("sheet", [path for path in SHEETS if path.name != "tokens.css"], ids=lambda path: path.name)
def test_no_sheet_but_the_tokens_names_a_colour(sheet: Path) -> None:
    assert [(selector.strip(), declared) for selector, declared in rules(sheet) if COLOUR.search(declared)] == []


def test_every_class_that_a_sheet_styles_is_on_a_page() -> None:
    selectors = [selector for sheet in SHEETS for selector, _ in rules(sheet)]
    styled = {name for selector in selectors for name in re.findall(r"\.([a-z][\w-]*)", selector)}

    assert styled - words_of_pages() - names_on_the_desk() - COMPOSED == set()


def test_every_token_is_used() -> None:
    sheets = "".join(path.read_text() for path in SHEETS)
    tokens = re.findall(r"(--[\w-]+):", (settings.BASE_DIR / "static/css/tokens.css").read_text())

    assert [token for token in tokens if f"var({token})" not in sheets] == []
