"""Rich text: an allow-list of HTML, cleaned whenever it is stored, and the plain text that is derived from it."""

from cases.rich_text.cleaning import CleanHtml, clean, lost_pictures, shown
from cases.rich_text.plain import as_typed, from_plain, is_markup, plain_text

__all__ = ["CleanHtml", "as_typed", "clean", "from_plain", "is_markup", "lost_pictures", "plain_text", "shown"]
