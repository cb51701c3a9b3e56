"""A browser window at the desk: signs in, opens pages, and takes small pictures of what matters on them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

WIDTH, HEIGHT, PHONE = 1280, 900, 360
MARGIN = 10
COLOURS = 64
# The pages are plain colours and text: what Chromium smooths at the edges of letters is all that is lost.
BOX = """selectors => {
    const boxes = selectors.flatMap(one => [...document.querySelectorAll(one)])
        .map(one => one.getBoundingClientRect()).filter(box => box.width && box.height);
    return [Math.min(...boxes.map(box => box.left)) + scrollX, Math.min(...boxes.map(box => box.top)) + scrollY,
            Math.max(...boxes.map(box => box.right)) + scrollX, Math.max(...boxes.map(box => box.bottom)) + scrollY];
}"""

# What the browser itself writes into fields for dates and files is in its own language, which need not be Chinese:
# stand-ins say the same in the words of a Chinese browser, as long as a picture is taken.
STAND_INS = """() => {
    const dated = { date: "年/月/日", "datetime-local": "年/月/日 --:--" };
    window.undoStandIns = [...document.querySelectorAll("input")].map(field => {
        const type = field.type, value = field.value;
        if (type in dated) {
            Object.assign(field, { type: "text", placeholder: dated[type], size: 16 });
            field.value = value.replaceAll("-", "/").replace("T", " ");
            return () => { Object.assign(field, { type, value }); };
        }
        // Where the page draws a button of its own, the field is not seen.
        if (type !== "file" || !field.offsetWidth || field.closest(".drop")) return () => {};
        const shown = document.createElement("span"), button = document.createElement("button");
        button.textContent = "选择文件";
        button.style.font = shown.style.font = getComputedStyle(field).font;
        button.style.marginRight = ".5em";
        shown.append(button, field.files.length ? field.files[0].name : "未选择任何文件");
        field.before(shown);
        field.style.display = "none";
        return () => { shown.remove(); field.style.display = ""; };
    });
}"""
UNDO_STAND_INS = "() => window.undoStandIns.forEach(undo => undo())"


@dataclass
class Desk:
    browser: Browser
    base: str
    password: str
    folder: Path
    # Of which scenes pictures are written; all if none is named.
    wanted: set[str]
    scene: str = ""
    taken: set[str] = field(default_factory=set)

    @cached_property
    def page(self) -> Page:
        return self.another()

    def another(self, width: int = WIDTH) -> Page:
        """A window that knows of no other: whoever signs in there is signed in beside."""
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHT}, locale="zh-CN", color_scheme="light", reduced_motion="reduce"
        )
        return context.new_page()

    def sign_in(self, name: str, page: Page | None = None) -> Page:
        page = page or self.page
        page.context.clear_cookies()
        page.goto(f"{self.base}/admin/login/")
        page.fill("#id_username", name)
        page.fill("#id_password", self.password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{self.base}/admin/")
        return page

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def follow(self, link: Locator) -> None:
        """Press a link or button and wait for the page that it leads to."""
        with link.page.expect_navigation():
            link.click()

    def take(self, name: str, *selectors: str, page: Page | None = None, tall: int = 0) -> None:
        """Write what these selectors cover, `tall` pixels of it at most; on a phone the whole width."""
        self.taken.add(name)
        if self.wanted and self.scene not in self.wanted:
            return
        page = page or self.page
        width, height = self.size(page)
        # What sticks to the edge of a window would lie across the picture; in a window as tall as the page it does not.
        page.set_viewport_size({"width": width, "height": max(height, page.evaluate("document.body.scrollHeight"))})
        page.evaluate(STAND_INS)
        left, top, right, bottom = page.evaluate(BOX, list(selectors) or ["body"])
        left, top = max(0, left - MARGIN), max(0, top - MARGIN)
        clip: Any = {"x": left, "y": top, "width": min(right + MARGIN, width) - left}
        clip["height"] = min(bottom + MARGIN - top, tall or 10_000)
        self.write(name, page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide"))
        page.evaluate(UNDO_STAND_INS)
        page.set_viewport_size({"width": width, "height": height})

    @staticmethod
    def size(page: Page) -> tuple[int, int]:
        size = page.viewport_size or {"width": WIDTH, "height": HEIGHT}
        return size["width"], size["height"]

    def write(self, name: str, shot: bytes) -> None:
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        self.folder.mkdir(parents=True, exist_ok=True)
        few.save(self.folder / f"{name}.png", optimize=True)
