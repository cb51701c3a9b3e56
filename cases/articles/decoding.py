"""Bytes of a text file as text, whatever of the usual encodings of Chinese they are in."""

from __future__ import annotations

import codecs
import re

from django.core.exceptions import ValidationError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The signs that make up a third of any Chinese text, in both scripts: bytes read in a wrong encoding hold few of them.
USUAL = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也"
    "能下过過子说說产產种種面而方后後多定行学學法所民得经經十三进進着等部度家力里如化高自二理起实實量都两兩体體制机機"
    "当當使点點从從业業本去把性好应應开開它合还還因由其些然前外天政四日社区區党黨组組织織务務服治基层層建设設街市委员員"
    "，。、“”：；《》「」"
)
TOLD = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Return the text; raise ValidationError when no encoding fits."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding) or content.decode(encoding, "replace")
    if (text := _strictly(content, "utf-8")) is not None:
        return text
    told = TOLD.search(content[:2048])
    names = ["gb18030", "big5hkscs"]
    if told and told[1].lower() in (b"big5", b"big5-hkscs"):
        names.reverse()
    found = [text for name in names if (text := _strictly(content, name)) is not None]
    if found:
        return max(found, key=_likelihood)
    text = max((content.decode(name, "replace") for name in ("utf-8", *names)), key=_likelihood)
    if text.count("\ufffd") > max(3, len(text) // 200):
        raise ValidationError("读不出文件的文字编码。请用记事本另存为 UTF-8 再传，或者粘贴正文")
    return text


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likelihood(text: str) -> float:
    sample = [sign for sign in text[:20_000] if sign > "\u007f"]
    return sum(sign in USUAL for sign in sample) / len(sample) if sample else 0.0
