/* The editor of rich text, laid over each textarea that asks for it; what it writes the server cleans again. */

const WORDS = {
  "Edit Link": "链接", URL: "网址", Title: "提示文字", Update: "确定", Cancel: "取消",
  "Table Properties": "插入表格", "Insert Table": "插入", Rows: "行数", Columns: "列数", "Include header row": "首行作表头",
};
const BUTTONS = {
  heading3: ["标题", "标题：这一节里的小标题"], heading4: ["小标题", "小标题：标题之下再分的一级"],
  bold: ["粗体", "粗体（Ctrl+B）"], italic: ["强调", "强调：显示为着重号（Ctrl+I）"],
  bulletList: ["列表", "列表（Ctrl+Shift+8）"], orderedList: ["编号", "编号列表（Ctrl+Shift+7）"], blockquote: ["引文", "引文（Ctrl+Shift+B）"],
  link: ["链接", "链接：先选中文字（Ctrl+K）"], unlink: ["去链接", "去掉链接"], image: ["图片", "插入已保存的图片附件"], table: ["表格", "插入表格"],
  "table:addColumnAfter": ["加列", "在右边加一列"], "table:deleteColumn": ["删列", "删除这一列"],
  "table:addRowAfter": ["加行", "在下面加一行"], "table:deleteRow": ["删行", "删除这一行"],
  "table:mergeCells": ["合并", "合并选中的单元格"], "table:splitCell": ["拆分", "拆分单元格"],
  "table:toggleHeaderCell": ["表头", "作表头，或不作表头"], "table:deleteTable": ["删表", "删除整个表格"],
  "history:undo": ["撤销", "撤销（Ctrl+Z）"], "history:redo": ["重做", "重做（Ctrl+Y）"],
};
const GROUPS = ["headings", "marks", "lists", "nodes -blockType -lists", "link", "picture", "table", "history"];
const MARKUP = /^\s*<(?:p|h[1-6]|ul|ol|table|blockquote|div)[\s>]/i;

/* Plain text as the server takes it: a paragraph a line, items where lines begin with “- ”. */
function fromPlain(text) {
  if (MARKUP.test(text)) return text;
  const box = document.createElement("div");
  let list = null;
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const isItem = line.startsWith("- ");
    if (isItem && !list) box.append(list = document.createElement("ul"));
    if (!isItem) list = null;
    const made = document.createElement(isItem ? "li" : "p");
    made.textContent = isItem ? line.slice(2) : line;
    (list ?? box).append(made);
  }
  return box.innerHTML;
}

/* The pictures among the attachments of this form that are stored already. */
function storedPictures() {
  return [...document.querySelectorAll('a[href^="/attachments/"]')]
    .filter((link) => /\.(jpe?g|png|webp)$/i.test(link.textContent.trim()))
    .map((link) => {
      const title = link.closest("tr, fieldset, li")?.querySelector('input[name$="-title"]')?.value ?? "";
      return { src: link.getAttribute("href"), title: title || link.textContent.trim(), name: link.textContent.trim() };
    });
}

function pictures(library, say) {
  return library.Image.extend({
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "image",
        groups: "picture",
        button: buttons.text("", ""),
        command(editor) {
          const stored = storedPictures();
          if (!stored.length) {
            say("还没有可以插入的图片：请先在“附件”里上传图片并保存，再到这里插入");
            return;
          }
          const labels = stored.map((one, place) => `${place + 1}. ${one.title}（${one.name}）`);
          const ask = library.updateAttrsDialog(
            {
              picture: { type: "string", title: "图片", enum: labels },
              alt: { type: "string", title: "画面内容", description: "读屏软件读出来的话；不填则用附件的标题" },
            },
            { title: "插入图片", submitText: "插入" },
          );
          ask(editor, { picture: labels[0] }).then((chosen) => {
            if (!chosen) return;
            const one = stored[Math.max(0, labels.indexOf(chosen.picture))];
            editor.chain().focus().setImage({ src: one.src, alt: chosen.alt || one.title }).run();
          });
        },
      });
    },
  }).configure({ inline: true });
}

function extensions(library, say) {
  const { Blockquote, Bold, BulletList, Document, Gapcursor, HardBreak, Heading, History, Italic, Link, ListItem } = library;
  const { Menu, OrderedList, Paragraph, Table, TableCell, TableHeader, TableRow, Text } = library;
  return [
    Document, Text, Paragraph, HardBreak, Gapcursor, History, Bold, Italic, Blockquote, BulletList, ListItem,
    Heading.configure({ levels: [3, 4] }),
    OrderedList.configure({ enableListAttributes: false }),
    Link.configure({ enableTarget: false, protocols: ["http", "https"], autolink: false, linkOnPaste: false }),
    Table.configure({ resizable: false }), TableRow, TableHeader, TableCell,
    pictures(library, say),
    Menu.configure({ groups: GROUPS.map((group) => ({ group })) }),
  ];
}

/* One stop for Tab, arrows within; words instead of icons. */
function dressToolbar(editor, bar, name) {
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `${name}：格式`);
  const buttons = [...bar.querySelectorAll("button")];
  for (const button of buttons) {
    const [short, long] = BUTTONS[button.dataset.name] ?? [button.dataset.name, button.dataset.name];
    button.textContent = short;
    button.title = long;
    button.setAttribute("aria-label", long);
    button.classList.remove("material-icons");
    button.tabIndex = -1;
  }
  const refresh = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.classList.contains("active")));
      button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
    }
    if (!buttons.some((button) => button.tabIndex === 0 && !button.classList.contains("hidden"))) buttons[0].tabIndex = 0;
  };
  editor.on("transaction", refresh);
  refresh();
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = buttons.filter((button) => !button.classList.contains("hidden"));
    const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  });
}

function announcer(box) {
  const place = document.createElement("p");
  place.className = "rich-said";
  place.setAttribute("role", "status");
  box.append(place);
  return (words) => { place.textContent = words; };
}

function begin(textarea, library, paste) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const name = label?.textContent.replace(/[:：]\s*$/, "").trim() ?? "";
  const box = document.createElement("div");
  box.className = "rich-text prose-editor";
  textarea.before(box);
  box.append(textarea);
  const say = announcer(box);
  const was_typed = textarea.value !== textarea.defaultValue; // while the editor was under way
  const editor = new library.Editor({
    element: box,
    injectCSS: false,
    content: fromPlain(textarea.value),
    extensions: extensions(library, say),
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", "aria-label": name, lang: "zh-Hans", spellcheck: "false",
        ...(textarea.getAttribute("aria-describedby") && { "aria-describedby": textarea.getAttribute("aria-describedby") }),
      },
      transformPastedHTML(html) {
        if (html.includes("data-pm-slice")) return html;
        const found = paste.cleaned(html);
        if (found.lost) say(`有 ${found.lost} 张图片没有带过来：请把图片作为附件上传、保存，再用“图片”插入`);
        return found.html;
      },
      handleKeyDown(view, event) {
        if (event.key !== "Escape") return false;
        box.querySelector('.prose-menubar button[tabindex="0"]')?.focus();
        return true;
      },
    },
    onUpdate: () => write(),
  });
  function write() {
    textarea.value = editor.isEmpty ? "" : editor.getHTML();
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }
  textarea.hidden = true;
  // The menu is made once the editor is there.
  editor.on("create", () => setTimeout(() => dressToolbar(editor, box.querySelector(".prose-menubar"), name)));
  label?.addEventListener("click", (event) => { event.preventDefault(); editor.commands.focus(); });
  textarea.addEventListener("rich-text:set", () => editor.commands.setContent(fromPlain(textarea.value)));
  textarea.dispatchEvent(new CustomEvent("rich-text:ready", { bubbles: true, detail: { editor, was_typed } }));
}

const textareas = [...document.querySelectorAll("textarea[data-rich-editor]")].filter((one) => !one.disabled && !one.readOnly);
if (textareas.length) {
  // The editor's own words are English; it asks this when it is loaded.
  const others = window.gettext ?? ((words) => words);
  window.gettext = (words) => WORDS[words] ?? others(words);
  const { richEditor, richPaste } = textareas[0].dataset;
  Promise.all([import(richEditor), import(richPaste)])
    .then(([library, paste]) => textareas.forEach((textarea) => begin(textarea, library, paste)));
}
