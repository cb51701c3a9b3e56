"""The files of a case: on its page, and served."""

from typing import Any

import pytest
from django.test import Client

from tests.builders import attach, make_case, make_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def test_pictures_are_shown_and_other_files_listed_with_kind_and_size(client: Client) -> None:
    case = make_case()
    picture, file = attach(case, "a.webp", "服务站正门"), attach(case, "方案.docx", "实施方案")

    response = client.get(case.get_absolute_url())

    html, shown, listed = response.content.decode(), picture.get_absolute_url(), file.get_absolute_url()
    image = f'<img src="{shown}" alt="服务站正门" width="480" height="360" loading="lazy" decoding="async">'
    assert f'<a href="{shown}">{image}</a>' in html
    assert html.count("<img") == 2  # the brand has one, too
    assert f'<a href="{listed}">实施方案</a>' in html
    assert "附件 实施方案 Word 文档，16" in text_of(response)


def test_a_picture_is_served_to_be_shown_and_goes_with_its_case(client: Client) -> None:
    case = make_case()
    address = attach(case, "正门.png", "服务站正门").get_absolute_url()

    response = client.get(address)
    assert (response["Content-Type"], response["Content-Disposition"].split(";")[0]) == ("image/png", "inline")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"

    case.withdraw(by=None)
    assert client.get(address).status_code == 404


def test_a_lost_file_does_not_take_the_page_down(client: Client) -> None:
    case = make_case()
    file = attach(case, "a.pdf", "方案")
    file.file.storage.delete(str(file.file.name))

    page = text_of(client.get(case.get_absolute_url()))
    assert "方案" in page
    assert "16" in page
    assert client.get(file.get_absolute_url()).status_code == 404


def test_an_attachment_is_served_safely_and_only_with_its_case(client: Client) -> None:
    case = make_case()
    file = attach(case, "工作 方案.pdf", "方案")
    address = file.get_absolute_url()

    response: Any = client.get(address)

    assert b"".join(response.streaming_content) == b"%PDF-1.7 content"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("attachment")
    assert "方案" not in str(file.file.name)

    case.withdraw(by=None)
    assert client.get(address).status_code == 404
    assert client.head(address).status_code == 404
    client.force_login(make_user(group="录入员"))
    assert client.get(address).status_code == 200
