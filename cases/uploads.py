"""What may be uploaded: checked by content, not by name."""

import struct
import zipfile
import zlib
from typing import Any

from django.core.exceptions import ValidationError
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 2000
# A member takes 46 bytes and its name in the directory at the end of a zip file; more than this is no document.
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 512

IMAGE_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
KINDS = {"pdf": "PDF", "docx": "Word 文档", "xlsx": "Excel 表格", **dict.fromkeys(IMAGE_FORMATS, "图片")}

DAMAGED = "文件已损坏、有密码，或不是 docx、xlsx 格式，请另存后再传"
TOO_LARGE_UNPACKED = "文件解压后过大，请删去多余内容后再传"
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError, struct.error)


def extension_of(filename: str) -> str:
    """Return the lower-case extension without its dot, empty where there is none."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def validate_upload(file: Any) -> None:
    """Raise ValidationError, saying what is wrong and what to do, unless the file really is of an accepted kind."""
    # A stored file was checked when it came; it may have been lost since, which must not stop a case from being saved.
    if getattr(file, "_committed", False):
        return
    extension = extension_of(file.name)
    if extension not in CONTENT_TYPES:
        raise ValidationError(f"不接受“{extension or '无扩展名'}”文件，请改用 pdf、docx、xlsx、jpg、png 或 webp")
    if file.size > MAX_BYTES:
        raise ValidationError(
            f"文件有 {file.size / 1048576:.1f} MB，超过 {MAX_BYTES // 1048576} MB 的上限，请压缩后再传"
        )
    file.seek(0)
    try:
        if extension == "pdf":
            _check_pdf(file)
        elif extension in OFFICE_PARTS:
            check_office(file, OFFICE_PARTS[extension])
        else:
            _check_image(file, IMAGE_FORMATS[extension])
    finally:
        file.seek(0)


def _check_pdf(file: Any) -> None:
    if not file.read(1024).lstrip().startswith(b"%PDF-"):
        raise ValidationError("文件内容不是 PDF，请重新导出后再传")


def check_office(file: Any, part: str) -> None:
    if _directory_size(file) > MAX_DIRECTORY_BYTES:
        raise ValidationError(TOO_LARGE_UNPACKED)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise ValidationError(TOO_LARGE_UNPACKED)
            # Unpacks every member up to the size that it declares: a file that lies about its size fails here.
            if archive.testzip():
                raise ValidationError(DAMAGED)
            names = {member.filename for member in members}
            types = archive.read("[Content_Types].xml").lower() if "[Content_Types].xml" in names else b""
    except ZIP_ERRORS as error:
        raise ValidationError(DAMAGED) from error
    if part not in names or not types:
        raise ValidationError("文件内容与扩展名不符，请用 Word 或 Excel 另存后再传")
    # The list of content types, and no file name, is what makes a part a macro.
    if b"vbaproject" in types or b"macroenabled" in types or any("vbaproject" in name.lower() for name in names):
        raise ValidationError("文件含有宏，请另存为不含宏的文档后再传")


def _directory_size(file: Any) -> int:
    """The size of a zip file's directory as its last record has it; 0 where there is no such record."""
    file.seek(max(0, file.size - 65_557))
    end = file.read()
    file.seek(0)
    start = end.rfind(b"PK\x05\x06")
    return struct.unpack("<L", end[start + 12 : start + 16])[0] if 0 <= start <= len(end) - 22 else 0


def _check_image(file: Any, expected: str) -> None:
    try:
        with Image.open(file, formats=sorted(set(IMAGE_FORMATS.values()))) as image:
            # Phones store several pictures in one JPEG and call it MPO.
            found, (width, height) = "JPEG" if image.format == "MPO" else image.format, image.size
            if found != expected:
                raise ValidationError(f"文件内容是 {found}，与扩展名不符，请改正扩展名后再传")
            if width * height > MAX_PIXELS:
                raise ValidationError(f"图片为 {width}×{height} 像素，过大，请缩小到 {MAX_PIXELS:,} 像素以内再传")
            image.verify()
    except Image.DecompressionBombError as error:
        raise ValidationError("图片像素过大，请缩小后再传") from error
    except (UnidentifiedImageError, Image.DecompressionBombWarning, SyntaxError, *ZIP_ERRORS) as error:
        raise ValidationError("图片无法读取，请另存为 jpg 或 png 后再传") from error
