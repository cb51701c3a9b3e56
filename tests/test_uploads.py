"""What may be uploaded, judged by content."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from cases import uploads
from cases.models import Attachment
from cases.uploads import validate_upload
from tests.builders import make_draft

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
MACRO_TYPES = TYPES.replace(b"/>", b'><Default ContentType="application/vnd.ms-office.vbaProject"/></Types>')


def office(part: str = "word/document.xml", types: bytes = TYPES, members: dict[str, bytes] | None = None) -> bytes:
    """A docx, or with another part an xlsx, with more members as told."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(part, b"<document/>")
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def picture(form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(buffer, form, **options)
    return buffer.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A small PNG of a huge picture, every line the same."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    line = b"\0" * (width // 8 + 2)
    data = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        validate_upload(SimpleUploadedFile(name, content))
    return refused.value.messages[0]


ACCEPTED = {
    "方案.pdf": b"%PDF-1.7\n...",
    "方案.PDF": b"\n%PDF-1.4",
    "方案.docx": office(),
    "表.xlsx": workbook(),
    "照片.jpg": picture("JPEG"),
    "照片.jpeg": picture("JPEG"),
    "手机照片.jpg": picture("MPO", save_all=True, append_images=[Image.new("RGB", (8, 6))]),
    "截图.png": picture("PNG"),
    "图.webp": picture("WEBP"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_kinds_pass_and_can_be_read_from_the_start_after(name: str) -> None:
    file = SimpleUploadedFile(name, ACCEPTED[name])

    validate_upload(file)
    validate_upload(file)

    assert file.read() == ACCEPTED[name]


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
REFUSED = {
    "html as pdf": ("a.pdf", HTML, "文件内容不是 PDF"),
    "html": ("a.html", HTML, "不接受“html”文件"),
    "svg": ("a.svg", SVG, "不接受“svg”文件"),
    "svg as png": ("a.png", SVG, "图片无法读取"),
    "html as picture": ("a.jpg", HTML, "图片无法读取"),
    "no extension": ("方案", b"%PDF-1.7", "不接受“无扩展名”文件"),
    "double extension": ("a.pdf.exe", b"%PDF-1.7", "不接受“exe”文件"),
    "old word": ("a.doc", b"\xd0\xcf\x11\xe0", "不接受“doc”文件"),
    "png as jpg": ("a.jpg", picture("PNG"), "文件内容是 PNG，与扩展名不符"),
    "gif as png": ("a.png", picture("GIF"), "图片无法读取"),
    "cut off picture": ("a.png", picture("PNG")[:-20], "图片无法读取"),
    "pdf as docx": ("a.docx", b"%PDF-1.7", "文件已损坏、有密码，或不是 docx、xlsx 格式"),
    "xlsx as docx": ("a.docx", office("xl/workbook.xml"), "文件内容与扩展名不符"),
    "docx as xlsx": ("a.xlsx", office(), "文件内容与扩展名不符"),
    "any zip as docx": ("a.docx", office("a.txt"), "文件内容与扩展名不符"),
    "macro by name": ("a.docx", office(members={"word/vbaProject.bin": b"x"}), "文件含有宏"),
    "macro by another name": ("a.docx", office(types=MACRO_TYPES, members={"word/a.bin": b"x"}), "文件含有宏"),
    "macro workbook": ("a.xlsx", office("xl/workbook.xml", TYPES + b"macroEnabled"), "文件含有宏"),
    "large picture": ("a.png", png_of(13_000, 13_000), "图片为 13000×13000 像素，过大"),
    "larger picture": ("a.png", png_of(20_000, 20_000), "图片像素过大"),
    "cut off docx": ("a.docx", office()[:-30], "文件已损坏"),
    "empty docx": ("a.docx", b"PK", "文件已损坏"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", REFUSED)
def test_everything_else_is_refused_in_words(kind: str) -> None:
    name, content, said = REFUSED[kind]

    assert refusal(name, content).startswith(said)


def test_a_small_docx_that_unpacks_to_much_is_refused() -> None:
    bomb = office(members={"word/media/image1.png": b"\0" * (uploads.MAX_UNPACKED_BYTES + 1)})

    assert len(bomb) < 1_000_000
    assert "解压后过大" in refusal("a.docx", bomb)


def test_a_docx_of_too_many_parts_is_refused() -> None:
    assert "解压后过大" in refusal(
        "a.docx", office(members={f"{number}": b"" for number in range(uploads.MAX_MEMBERS)})
    )


def test_a_docx_with_a_huge_directory_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = office(members={f"word/{number}.xml": b"" for number in range(20_000)})
    monkeypatch.setattr(zipfile, "ZipFile", None)

    assert "解压后过大" in refusal("a.docx", bomb)


def test_a_docx_that_lies_about_what_it_unpacks_to_is_refused() -> None:
    honest = office(members={"word/big.xml": b"\0" * 5_000_000})
    true_size, small = struct.pack("<L", 5_000_000), struct.pack("<L", 10)

    assert "文件已损坏" in refusal("a.docx", honest.replace(true_size, small))


def test_a_docx_with_a_password_is_refused() -> None:
    protected = bytearray(office())
    at = protected.rfind(b"PK\x01\x02")
    protected[at + 8] |= 1

    assert "有密码" in refusal("a.docx", bytes(protected))


def test_a_file_over_the_limit_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 2 * 1024 * 1024)

    said = refusal("a.pdf", b"%PDF-1.7" + b" " * (3 * 1024 * 1024))

    assert said == "文件有 3.0 MB，超过 2 MB 的上限，请压缩后再传"


@pytest.mark.django_db
def test_a_file_is_stored_under_a_name_that_tells_nothing(tmp_path: Path) -> None:
    stored = []
    for name in ("机密方案.pdf", "../../机密方案.pdf", "机密\r\n方案.pdf"):
        attachment = Attachment(case=make_draft(), title="方案", file=SimpleUploadedFile(name, b"%PDF-1.7"))
        attachment.full_clean()
        attachment.save()
        stored.append(str(attachment.file.name))
        assert "/" not in attachment.original_name
        assert attachment.original_name.endswith("方案.pdf")

    assert all(re.fullmatch(r"attachments/[0-9a-f]{32}\.pdf", name) for name in stored)
    assert len(set(stored)) == 3
    folder = tmp_path / "uploads" / "attachments"
    assert sorted(path.name for path in folder.iterdir()) == sorted(name.split("/")[1] for name in stored)
