"""What may be uploaded: checked by content, not by name."""

import warnings
import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 2000

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


def extension_of(filename: str) -> str:
    """Return the lower-case extension without its dot, empty where there is none."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def validate_upload(file: Any) -> None:
    """Raise ValidationError, saying what is wrong and what to do, unless the file really is of an accepted kind."""
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
            _check_office(file, OFFICE_PARTS[extension])
        else:
            _check_image(file, IMAGE_FORMATS[extension])
    finally:
        file.seek(0)


def _check_pdf(file: Any) -> None:
    if not file.read(1024).lstrip().startswith(b"%PDF-"):
        raise ValidationError("文件内容不是 PDF，请重新导出后再传")


def _check_office(file: Any, part: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise ValidationError("文件已损坏、有密码，或不是 docx、xlsx 格式，请另存后再传") from error
    names = {member.filename for member in members}
    if part not in names or "[Content_Types].xml" not in names:
        raise ValidationError("文件内容与扩展名不符，请用 Word 或 Excel 另存后再传")
    if any("vbaProject" in name for name in names):
        raise ValidationError("文件含有宏，请另存为不含宏的文档后再传")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise ValidationError("文件解压后过大，请删去多余内容后再传")


def _check_image(file: Any, expected: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=sorted(set(IMAGE_FORMATS.values()))) as image:
                found, (width, height) = image.format, image.size
                if found != expected:
                    raise ValidationError(f"文件内容是 {found}，与扩展名不符，请改正扩展名后再传")
                if width * height > MAX_PIXELS:
                    raise ValidationError(f"图片为 {width}×{height} 像素，过大，请缩小到 {MAX_PIXELS:,} 像素以内再传")
                image.verify()
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombWarning) as error:
            raise ValidationError("图片无法读取或过大，请另存为 jpg 或 png 后再传") from error
        except Image.DecompressionBombError as error:
            raise ValidationError("图片像素过大，请缩小后再传") from error
