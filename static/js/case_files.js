// Pictures and files of a case: dropped or chosen several at once, asked for their titles, and brought up one by one.
(() => {
  "use strict";
  const desk = document.getElementById("entering"), group = document.getElementById("attachments-group");
  if (!desk || !group || !desk.dataset.editable || !group.querySelector(".empty-form")) return;
  const form = desk.closest("form"), told = document.getElementById("told");
  const MOST = Number(desk.dataset.mostBytes), KINDS = desk.dataset.kinds.split(","), PICTURES = desk.dataset.pictures.split(",");
  const ASKS = "这是图片：请写明画面内容（谁、在哪里、做什么），写了才能上传";
  const extension = (name) => name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  const is_picture = (file) => PICTURES.includes(extension(file.name));
  const element = (tag, more, ...children) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...children);
    return made;
  };

  const chooser = element("input", { type: "file", multiple: true, id: "choose-files", accept: KINDS.map((kind) => `.${kind}`).join() });
  const waiting = element("ul", { className: "uploads" });
  const zone = element("div", { className: "drop" },
    element("p", {}, "把文件拖到这里，或"), element("label", { htmlFor: "choose-files", className: "button" }, "选择文件"), chooser,
    element("p", { className: "help" }, `可以一次选几个；每个不超过 ${MOST / 1048576} MB，${KINDS.join("、")}。图片要写明画面内容，给看不见的读者听。`));

  const refusal = (file) => {
    if (!KINDS.includes(extension(file.name))) return `不接受“${extension(file.name) || "无扩展名"}”文件，请改用 ${KINDS.join("、")}`;
    if (file.size > MOST) return `文件有 ${(file.size / 1048576).toFixed(1)} MB，超过 ${MOST / 1048576} MB 的上限，请压缩后再传`;
    return file.size ? "" : "文件是空的";
  };

  // A row of the form for a file that is stored now: the admin's own rows are counted from the stored ones on.

  const renumber = (row, from, to) => {
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for"]) {
        const value = one.getAttribute(name);
        if (value) one.setAttribute(name, value.replace(`attachments-${from}`, `attachments-${to}`));
      }
    }
  };
  const row_of = (answer, title) => {
    const initial = form.elements["attachments-INITIAL_FORMS"], total = form.elements["attachments-TOTAL_FORMS"];
    const place = Number(initial.value), empty = group.querySelector(".empty-form");
    const index = (row) => Number(row.id.split("-")[1]);
    const later = [...group.querySelectorAll("tr.dynamic-attachments, tr.form-row:not(.empty-form)")].filter((row) => index(row) >= place);
    const added = empty.cloneNode(true);
    new Set(later.sort((one, other) => index(other) - index(one))).forEach((row) => renumber(row, index(row), index(row) + 1));
    renumber(added, "__prefix__", place);
    added.id = `attachments-${place}`;
    added.className = "form-row has_original dynamic-attachments";
    added.querySelector('[name$="-id"]').value = answer.id;
    added.querySelector('[name$="-title"]').value = title;
    added.querySelector('[name$="-position"]').value = answer.position;
    const cell = added.querySelector(".field-file"), removal = added.querySelector("td.delete");
    cell.innerHTML = answer.file; // written by our own server, escaped there
    const box = element("input", { type: "checkbox", name: `attachments-${place}-DELETE`, id: `id_attachments-${place}-DELETE` });
    box.setAttribute("aria-label", `删除“${title}”`);
    removal.replaceChildren(box);
    const before = later.sort((one, other) => index(one) - index(other))[0] || empty;
    before.before(added);
    initial.value = place + 1;
    total.value = Number(total.value) + 1;
    added.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: "attachments" } }));
  };

  // One at a time: every upload is an edit and takes the version that the next one starts from.

  let line = Promise.resolve();
  const send = (file, title, card) => new Promise((done) => {
    const request = new XMLHttpRequest(), data = new FormData(), bar = card.querySelector("progress"), said = card.querySelector(".said");
    data.append("file", file);
    data.append("title", title);
    data.append("version", form.elements.version.value);
    bar.hidden = false;
    const fail = (text) => { bar.hidden = true; said.textContent = told.textContent = text; card.classList.add("failed"); done(); };
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("error", () => fail("网络不通，没有上传，请再点一次“上传”"));
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a page: the sign-in, or a refusal */ }
      if (request.status !== 200 || !answer.id) {
        fail(answer.error || (request.status === 413 ? "文件太大，没有上传" : "没有上传：登录可能已经过期，请在新窗口登录后再点一次“上传”"));
        return;
      }
      form.elements.version.value = answer.version;
      row_of(answer, title);
      card.remove();
      told.textContent = `“${title}”已上传`;
      done();
    });
    request.open("POST", desk.dataset.upload);
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/);
    request.setRequestHeader("X-CSRFToken", cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value);
    request.send(data);
  });

  // Of a new case nothing is stored yet: the file goes into a row of the form, and up with the save.

  const into_row = (file, title) => {
    let row = [...group.querySelectorAll("tr.form-row:not(.empty-form):not(.has_original)")].find((one) => !one.querySelector('[type="file"]').files.length);
    if (!row) {
      group.querySelector(".add-row a").click();
      row = [...group.querySelectorAll("tr.form-row:not(.empty-form)")].at(-1);
    }
    const held = new DataTransfer();
    held.items.add(file);
    row.querySelector('[type="file"]').files = held.files;
    const field = row.querySelector('[name$="-title"]');
    field.value ||= title;
    if (!title) { field.placeholder = "写明画面内容"; field.focus(); }
    form.dispatchEvent(new CustomEvent("desk:changed"));
  };

  const card_of = (file) => {
    const problem = refusal(file), stem = file.name.replace(/\.[^.]*$/, "").slice(0, 100);
    const said = element("p", { className: "said", textContent: problem || (is_picture(file) ? ASKS : "") });
    const title = element("input", { type: "text", maxLength: 100, value: is_picture(file) ? "" : stem });
    title.setAttribute("aria-label", is_picture(file) ? `图片“${file.name}”的画面内容` : `“${file.name}”的标题`);
    const up = element("button", { type: "button", className: "button", textContent: "上传" });
    const away = element("button", { type: "button", className: "button", textContent: "不要了" });
    const card = element("li", { className: problem ? "upload failed" : "upload" });
    const bar = element("progress", { max: 1, value: 0, hidden: true });
    bar.setAttribute("aria-label", `“${file.name}”上传进度`);
    const words = element("div", {}, element("p", { className: "name", textContent: file.name }), said);
    if (!problem) words.append(element("div", { className: "titled" }, title, up, away), bar);
    else words.append(element("div", { className: "titled" }, away));
    if (!problem && is_picture(file)) {
      const reader = new FileReader(), picture = element("img", { alt: "", width: 96, height: 72 });
      reader.addEventListener("load", () => { picture.src = reader.result; });
      reader.readAsDataURL(file);
      card.append(picture);
    }
    card.append(words);
    const go = () => {
      const text = title.value.trim();
      if (!text || (is_picture(file) && (text === stem || text === file.name))) {
        said.textContent = is_picture(file) ? ASKS : "请写标题";
        title.focus();
        return;
      }
      up.disabled = true;
      card.classList.remove("failed");
      line = line.then(() => send(file, text, card)).then(() => { up.disabled = false; });
    };
    up.addEventListener("click", go);
    away.addEventListener("click", () => card.remove());
    title.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); go(); } });
    waiting.append(card);
    if (problem) told.textContent = `${file.name}：${problem}`;
    else if (is_picture(file)) title.focus();
    else go();
  };
  const take = (files) => {
    for (const file of files) {
      if (!desk.dataset.stored && !refusal(file)) into_row(file, is_picture(file) ? "" : file.name.replace(/\.[^.]*$/, "").slice(0, 100));
      else card_of(file);
    }
  };

  chooser.addEventListener("change", () => { take([...chooser.files]); chooser.value = ""; });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  // A file that misses the place must not replace the page with all that was typed.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  group.before(zone, waiting);
  // Of a stored case every file comes by the zone: a row without one would only be in the way.
  if (desk.dataset.stored) {
    const hide = () => {
      for (const row of group.querySelectorAll("tr.form-row:not(.has_original), tr.add-row")) row.classList.add("waiting-row");
    };
    hide();
    document.addEventListener("DOMContentLoaded", () => setTimeout(hide));
  }
})();
