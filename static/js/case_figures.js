// Numbers in the text of a case that its figures lack: asked for as the form changes, filled into a row by a click.
(() => {
  "use strict";
  const desk = document.getElementById("entering"), box = document.getElementById("unrecorded");
  const group = document.getElementById("figures-group"), told = document.getElementById("told");
  if (!desk || !desk.dataset.editable || !box || !group) return;
  const form = desk.closest("form"), list = box.querySelector("ul"), how = box.querySelector(".unrecorded-how");
  const NAMES = ["indicator", "qualifier", "value", "unit", "year", "as_printed"];
  const SENT = /^(title|summary|background|approach|results|lessons)$|^figures-(TOTAL_FORMS|\d+-(indicator|value|unit|year|DELETE))$/;
  const HIDDEN = "desk.unrecorded." + desk.dataset.keptAs.split(".").slice(0, 2).join(".");
  let figures = [...list.children].map((item) => ({ ...item.dataset }));
  let more = Number(box.querySelector(".unrecorded-number").textContent) - figures.length;

  // What was put aside stays so as long as the window is open.
  const hidden = new Set((() => {
    try { return JSON.parse(sessionStorage.getItem(HIDDEN)) || []; } catch { return []; }
  })());
  const put_aside = () => {
    try { sessionStorage.setItem(HIDDEN, JSON.stringify([...hidden])); } catch { /* for this page, then */ }
  };

  const make = (tag, fields, ...inside) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...inside);
    return made;
  };
  const button = (textContent, label, act, kind = "") => {
    const made = make("button", { type: "button", className: `button ${kind}`.trim(), textContent });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };

  // Rows

  const rows = () => [...group.querySelectorAll("tbody > tr.form-row:not(.empty-form)")];
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const empty = () => rows().find((row) => !row.classList.contains("has_original") && NAMES.every((name) => !field(row, name).value));
  const row_for = () => {
    const free = empty();
    if (free) return free;
    const link = group.querySelector(".add-row a");
    if (!link) return null;
    link.click();
    return rows().at(-1);
  };
  const enter = (figure, place) => {
    const row = row_for();
    if (!row) return;
    for (const name of NAMES) field(row, name).value = figure[name] || "";
    for (const other of rows()) other.classList.toggle("just-filled", other === row);
    told.textContent = `已填入第 ${rows().indexOf(row) + 1} 行：${figure.indicator} ${figure.label}，请核对`;
    figures = figures.filter((one) => one !== figure && !(one.value === figure.value && one.unit === figure.unit));
    draw();
    move_on(place, row);
    row.closest("form").dispatchEvent(new CustomEvent("desk:changed"));
  };
  // On to the next number, else to what is left of the list, else to the row that was filled in last.
  const move_on = (place, row) => {
    const left = [...list.querySelectorAll("li")], next = left[Math.min(place, left.length - 1)];
    const button = next ? next.querySelector("button") : box.hidden ? null : box.querySelector("button");
    (button || field(row || rows().at(-1), "indicator")).focus();
  };

  // The list

  const drawn = (figure, place) => {
    const year = figure.year ? `（${figure.year}年）` : "", name = `${figure.indicator} ${figure.label}${year}`;
    return make("li", {},
      make("p", { className: "unrecorded-row" },
        make("strong", { textContent: figure.indicator }), ` ${figure.label}${year}`,
        make("span", { className: "unrecorded-choice" },
          button("录入", `录入：${name}`, () => enter(figure, place)),
          button("不录入", `不录入：${name}`, () => {
            hidden.add(figure.key);
            put_aside();
            draw();
            move_on(place);
          }, "put-aside"))),
      make("p", { className: "unrecorded-sentence" },
        make("span", { className: "unrecorded-section", textContent: `${figure.section}：` }),
        figure.before, make("mark", { textContent: figure.as_printed }), figure.after));
  };
  const draw = () => {
    const shown = figures.filter((figure) => !hidden.has(figure.key)), aside = figures.length - shown.length;
    box.hidden = !figures.length;
    box.querySelector("h3").textContent = `文中有 ${shown.length + more} 个数字未录入`;
    how.textContent = shown.length ? "点“录入”填成一行，指标和年份请核对。" : "";
    list.replaceChildren(...shown.map(drawn));
    for (const old of box.querySelectorAll(".unrecorded-more, .unrecorded-aside")) old.remove();
    if (more) box.append(make("p", { className: "unrecorded-more", textContent: `只列出前 ${shown.length} 个，录入以后再列其余的。` }));
    if (aside) {
      box.append(make("p", { className: "unrecorded-aside" }, `有 ${aside} 个不录入。`,
        button("重新列出", `重新列出不录入的 ${aside} 个`, () => {
          hidden.clear();
          put_aside();
          draw();
          move_on(0);
        }, "put-aside")));
    }
  };

  // Asking again

  const said = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (SENT.test(name)) data.append(name, value);
    return data;
  };
  let last = said().toString(), timer, asking;
  const ask = async () => {
    const data = said();
    if (data.toString() === last) return;
    last = data.toString();
    data.set("typed_by", form.elements.typed_by.value);
    if (asking) asking.abort();
    asking = new AbortController();
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/);
    const headers = { "X-CSRFToken": cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value };
    try {
      const answer = await fetch(desk.dataset.figures, { method: "POST", body: data, headers, redirect: "manual", signal: asking.signal });
      if (!answer.ok) { last = ""; return; }
      const found = await answer.json();
      if (JSON.stringify(found.figures.map((one) => one.key)) === JSON.stringify(figures.map((one) => one.key))) return;
      figures = found.figures;
      more = found.number - figures.length;
      // Whoever stands in the list stays where they are.
      const place = [...list.querySelectorAll("li")].findIndex((item) => item.contains(document.activeElement));
      draw();
      if (place >= 0) move_on(place);
    } catch {
      last = ""; // the next change asks again
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, 1200); };
  for (const name of ["input", "change", "desk:changed"]) form.addEventListener(name, later);
  document.addEventListener("formset:removed", later);
  draw();
})();
