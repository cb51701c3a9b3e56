// Rows of the form of a case: moved by buttons and keys, filled in by keyboard, and pasted from a spreadsheet.
(() => {
  "use strict";
  const desk = document.getElementById("entering"), told = document.getElementById("told");
  if (!desk || !desk.dataset.editable) return;
  const GROUPS = ["credits", "figures", "citations", "attachments"];
  const COLUMNS = ["indicator", "value", "unit", "year", "as_printed"];
  const HEADINGS = { 指标: "indicator", 限定词: "qualifier", 数值: "value", 单位: "unit", 年份: "year", 原文表述: "as_printed" };
  const TIMES = { 千: 1e3, 万: 1e4, 百万: 1e6, 千万: 1e7, 亿: 1e8, 万亿: 1e12 };
  const group = (name) => document.getElementById(`${name}-group`);
  const rows = (name) => [...group(name).querySelectorAll("tbody > tr.form-row:not(.empty-form)")];
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const index = (row) => Number(row.id.slice(row.id.lastIndexOf("-") + 1));
  const changed = (row) => row.closest("form").dispatchEvent(new CustomEvent("desk:changed"));
  const is_filled = (row) => row.classList.contains("has_original") || [...row.querySelectorAll("input, select, textarea")]
    .some((one) => !/-(position|role|qualifier|id|case|DELETE)$/.test(one.name) && one.value);

  const add = (name) => {
    const link = group(name).querySelector(".add-row a");
    if (!link) return null;
    link.click();
    return rows(name).at(-1);
  };

  // Order

  const number = (name) => {
    rows(name).filter(is_filled).forEach((row, place) => { field(row, "position").value = place; });
  };
  const move = (row, step) => {
    const name = row.id.slice(0, row.id.lastIndexOf("-")), all = rows(name), place = all.indexOf(row) + step;
    if (place < 0 || place >= all.length) return;
    all[place][step < 0 ? "before" : "after"](row);
    number(name);
    told.textContent = `已移到第 ${place + 1} 行`;
    changed(row);
  };
  const arm = (row) => {
    const position = field(row, "position");
    if (!position || row.querySelector(".mover")) return;
    const box = Object.assign(document.createElement("span"), { className: "mover" });
    for (const [sign, label, step] of [["↑", "上移一行", -1], ["↓", "下移一行", 1]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: label });
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => { move(row, step); button.focus(); });
      box.append(button);
    }
    position.after(box);
  };

  // Numbers as people write them

  const digits = (written) => {
    const plain = written.normalize("NFKC").replace(/[,，\s]/g, ""), match = plain.match(/^(-?[0-9.]+)(万亿|千万|百万|千|万|亿)$/);
    return match ? String(Number((Number(match[1]) * TIMES[match[2]]).toFixed(4))) : plain;
  };
  const read = (row) => {
    const value = field(row, "value"), written = value.value.trim(), plain = digits(written);
    let hint = row.querySelector(".read-as");
    if (!hint) value.after(hint = Object.assign(document.createElement("span"), { className: "read-as" }));
    const is_other = /[千万亿]/.test(written) && /^-?[0-9.]+$/.test(plain);
    hint.textContent = is_other ? `＝${Number(plain).toLocaleString("zh-CN", { maximumFractionDigits: 4 })}` : "";
    return is_other;
  };
  const settle = (row) => {
    if (!read(row)) return;
    const value = field(row, "value"), printed = field(row, "as_printed");
    if (!printed.value) printed.value = value.value.trim() + field(row, "unit").value.trim();
  };

  // 超过2.3万名 in one cell, as tables have it: qualifier, number and unit

  const qualifiers = (row) => [...field(row, "qualifier").options].filter((one) => one.value);
  const take_apart = (row, cell) => {
    const match = cell.trim().match(/^(\D*?)\s*([0-9０-９][0-9０-９.,，]*\s*(?:万亿|千万|百万|千|万|亿)?)\s*(多|余)?\s*(\D*?)(以上)?$/);
    if (!match) { field(row, "value").value = cell.trim(); return; }
    const said = match[1] || match[3] || match[5] || "", chosen = qualifiers(row).find((one) => one.text === said);
    field(row, "value").value = match[2].trim();
    if (chosen) field(row, "qualifier").value = chosen.value;
    if (match[4] && !field(row, "unit").value) field(row, "unit").value = match[4].trim();
    if (said || match[4]) field(row, "as_printed").value ||= cell.trim();
  };
  const fill = (row, names, cells) => {
    names.forEach((name, place) => {
      const cell = (cells[place] || "").trim();
      if (!name || !cell) return;
      if (name === "value") take_apart(row, cell);
      else if (name === "qualifier") field(row, name).value = (qualifiers(row).find((one) => one.text === cell) || {}).value || "";
      else if (name === "year") field(row, name).value = (cell.match(/\d{4}/) || [cell])[0];
      else field(row, name).value = cell;
    });
    settle(row);
  };
  const paste = (event) => {
    const row = event.target.closest("#figures-group tr.form-row"), text = event.clipboardData.getData("text/plain");
    if (!row || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim()).map((line) => line.split("\t"));
    const start = COLUMNS.findIndex((name) => event.target.name.endsWith(`-${name}`));
    let names = COLUMNS.slice(Math.max(start, 0));
    if (lines[0].every((cell) => !cell.trim() || cell.trim() in HEADINGS)) names = lines.shift().map((cell) => HEADINGS[cell.trim()]);
    let next = rows("figures").indexOf(row), filled = 0;
    for (const cells of lines) {
      const all = rows("figures");
      let target = all[next];
      // Into empty rows only, so that nothing typed is lost; the row pasted into is the curator's choice.
      while (filled && target && is_filled(target)) target = all[++next];
      target ||= add("figures");
      if (!target) break;
      fill(target, names, cells);
      filled += 1;
      next += 1;
    }
    told.textContent = `已填入 ${filled} 行，请核对`;
    number("figures");
    changed(row);
  };

  const enter = (event) => {
    const row = event.target.closest(".inline-group tr.form-row");
    if (!row || event.isComposing) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
      event.target.focus();
      return;
    }
    if (!event.target.matches("input") || !row.closest("#figures-group")) return;
    const all = rows("figures"), is_last = row === all.at(-1);
    if (event.key === "Enter") {
      event.preventDefault();
      const next = all[all.indexOf(row) + 1] || (is_filled(row) && add("figures"));
      if (next) field(next, "indicator").focus();
    } else if (event.key === "Tab" && !event.shiftKey && is_last && is_filled(row) && event.target === field(row, "position")) {
      const next = add("figures");
      if (next) { event.preventDefault(); field(next, "indicator").focus(); }
    }
  };

  for (const name of GROUPS.filter(group)) rows(name).forEach(arm);
  document.addEventListener("formset:added", (event) => {
    const name = event.detail && event.detail.formsetName;
    if (!GROUPS.includes(name)) return;
    for (const left of event.target.querySelectorAll(".mover, .read-as")) left.remove();
    arm(event.target);
  });
  // The admin numbers the rows that are left as they stand: stored ones have to be first again.
  document.addEventListener("formset:removed", (event) => {
    const name = event.detail && event.detail.formsetName;
    if (!GROUPS.includes(name)) return;
    const shown = rows(name), body = shown[0] && shown[0].parentElement;
    if (!body) return;
    const end = body.querySelector(".empty-form");
    [...shown].sort((one, other) => index(one) - index(other)).forEach((row) => body.insertBefore(row, end));
    queueMicrotask(() => setTimeout(() => { shown.forEach((row) => body.insertBefore(row, end)); number(name); }));
  });
  if (group("figures")) {
    group("figures").addEventListener("paste", paste);
    group("figures").addEventListener("input", (event) => { if (event.target.name.endsWith("-value")) read(event.target.closest("tr")); });
    group("figures").addEventListener("change", (event) => { if (/-(value|unit)$/.test(event.target.name)) settle(event.target.closest("tr")); });
    rows("figures").forEach(read);
  }
  desk.addEventListener("keydown", enter);
  // What was added last stands last, unless somebody wrote a number of their own.
  desk.closest("form").addEventListener("submit", () => {
    for (const name of GROUPS.filter(group)) {
      const added = rows(name).filter((row) => !row.classList.contains("has_original") && is_filled(row));
      if (added.length && added.every((row) => field(row, "position").value === "0")) number(name);
    }
  });
})();
