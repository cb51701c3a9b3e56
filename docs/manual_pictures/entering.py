"""A case is entered, part by part, previewed and handed in; another one was returned."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import Desk

# As Word puts it on the clipboard, with what the editor takes away: fonts, indents, a picture on the writer's disk.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"></head><body lang=ZH-CN><!--StartFragment-->
<h1 style='text-indent:32pt'><span style='font-family:黑体'>一、支部建在楼栋上</span></h1>
<p class=MsoNormal style='text-indent:32pt'><span style='font-family:仿宋_GB2312;color:red'>街道党工委把</span><b><span
style='font-family:仿宋_GB2312'>23名党员骨干</span></b><span style='font-family:仿宋_GB2312'>编进楼栋。</span></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:
Ignore'>1.<span>&nbsp;&nbsp; </span></span><![endif]>先听低层住户的意见</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:
Ignore'>2.<span>&nbsp;&nbsp; </span></span><![endif]>再议费用怎样分担</p>
<table class=MsoTableGrid border=1><thead><tr><td><p><b>年份</b></p></td><td><p><b>装成（部）</b></p></td></tr></thead>
<tr><td><p>2024</p></td><td><p>18</p></td></tr><tr><td><p>2025</p></td><td><p>46</p></td></tr></table>
<p><img width=554 height=312 src="file:///C:/Temp/clip_image002.jpg"></p><!--EndFragment--></body></html>"""
PASTE = """(target, [type, text]) => {
    target.focus();
    const data = new DataTransfer();
    data.setData(type, text);
    target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
NUMBERS = "指标\t数值\t年份\n加装电梯\t18部\t2024\n加装电梯\t46部\t2025\n受益居民\t超过2.3万名\t\n"


def take(desk: Desk, made: Made) -> None:
    page = desk.sign_in("luru")
    desk.open("/admin/cases/case/add/")
    page.get_by_role("toolbar", name="主要做法：格式").wait_for()
    desk.take("form", "#header", "#content", tall=900)
    what_and_who(desk, page)
    texts(desk, page)
    rows(desk, page)
    files_and_preview(desk, page, made)
    kept(desk, page)
    desk.open(made.page("returned"))
    desk.take("returned", "#content h1", ".returned")


def what_and_who(desk: Desk, page: Page) -> None:
    page.fill("#id_title", "支部建在楼栋上")
    page.select_option("#id_kind", label="工作法")
    page.select_option("#id_sector", label="城市社区")
    page.locator("#id_themes input").first.check()
    page.locator("#part-what details.example summary").first.click()
    desk.take("part-what", "#part-what")
    choose(page, "#id_district", "越秀")
    choose(page, "#id_credits-0-organisation", "示例街道")
    page.get_by_text("还没有主办组织").wait_for(state="hidden")
    desk.take("part-who", "#part-who")


def choose(page: Page, field: str, words: str) -> None:
    """Choose the first that is found."""
    page.locator(f"{field} + .select2 .select2-selection").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option--highlighted:not(.loading-results)").filter(has_text=words).first.click()


def texts(desk: Desk, page: Page) -> None:
    page.fill("#id_summary", "示例街道老旧小区加装电梯，一栋楼一个方案，两年谈成 46 部。")
    editor = page.get_by_role("textbox", name="主要做法")
    editor.evaluate(PASTE, ["text/html", WORD])
    page.get_by_text("有 1 张图片没有带过来").wait_for()
    desk.take("part-texts", ".field-approach")


def rows(desk: Desk, page: Page) -> None:
    page.locator("#id_figures-0-indicator").evaluate(PASTE, ["text/plain", NUMBERS])
    page.get_by_text("成效数据没有写年份").wait_for()
    desk.take("part-figures", "#part-figures")
    choose(page, "#id_citations-0-source", "示例街道")
    page.get_by_text("还没有来源").wait_for(state="hidden")
    desk.take("part-sources", "#part-sources")


def files_and_preview(desk: Desk, page: Page, made: Made) -> None:
    desk.follow(page.locator('[name="_continue"]'))
    page.locator(".messagelist").wait_for()
    upload = page.locator('.drop input[type="file"]')
    upload.set_input_files({"name": "IMG_2031.png", "mimeType": "image/png", "buffer": drawing()})
    page.locator(".upload").first.wait_for()
    desk.take("part-files", "#part-files")
    waiting = page.locator(".upload").first
    waiting.get_by_role("textbox").fill("示例小区 3 号楼新装的电梯，门口贴着费用分担表")
    waiting.get_by_role("button", name="上传").click()
    page.locator("#attachments-0 img").wait_for()
    desk.take("submit", ".submit-row")
    with page.context.expect_page() as opened:
        page.locator("button.preview").click()
    opened.value.wait_for_load_state()
    desk.take("preview", "main", page=opened.value, tall=760)
    opened.value.close()
    desk.follow(page.get_by_role("button", name="保存并提交审核"))
    page.locator(".messagelist").wait_for()
    desk.take("handed-in", ".messagelist")
    phone = desk.sign_in("luru", desk.another(360))
    phone.goto(desk.base + made.page("draft"))
    phone.get_by_role("toolbar", name="主要做法：格式").wait_for()
    desk.take("form-phone", "#container", page=phone, tall=700)
    phone.context.close()


def kept(desk: Desk, page: Page) -> None:
    desk.open("/admin/cases/case/add/")
    page.fill("#id_title", "写到一半的案例")
    page.get_by_text("已自动保存").wait_for()
    desk.open("/admin/cases/case/add/")
    desk.take("offer", ".offer")
    desk.follow(page.locator('[name="_discard"]'))


def drawing() -> bytes:
    """A picture that is nobody's: a house with a lift."""
    picture: Any = Image.new("RGB", (800, 500), "#dfe9f3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle([180, 120, 560, 500], fill="#c9b79c")
    draw.rectangle([560, 90, 650, 500], fill="#8fa8bf")
    for row in range(5):
        for column in range(4):
            left, top = 215 + column * 85, 150 + row * 68
            draw.rectangle([left, top, left + 50, top + 40], fill="#f4f1ea")
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()
