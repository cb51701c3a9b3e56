/* The order of a shortlist by hand: dragging with mouse, pen or finger, arrow keys on the handle, and 上移 and 下移 without
   leaving the page. Each change is stored soon after. The form does all of it without this, by its buttons. */

(() => {
  "use strict";

  const form = document.getElementById("shortlist");
  if (!form) return;
  const list = form.querySelector(".lines");
  const said = document.getElementById("arranged");
  const unsaved = document.getElementById("unsaved");
  const EDGE = 60; // pixels from the edge of the window within which the page scrolls while something is dragged
  const STEP = 14;
  const REST = 500; // ms without another move before the order is stored
  const KEYS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

  const rows = () => [...list.children];
  const titleOf = (row) => row.querySelector("h2").textContent.trim();

  /* Numbers, names and buttons as the order has them now. */
  function renumber() {
    rows().forEach((row, place, all) => {
      row.querySelector(".place .number").textContent = place + 1;
      row.querySelector(".handle").setAttribute("aria-label", `调整“${titleOf(row)}”的次序，现在第 ${place + 1} 个`);
      row.querySelector("[name=up]").disabled = place === 0;
      row.querySelector("[name=down]").disabled = place === all.length - 1;
    });
  }

  /* The others step over the row, which itself stays in the page: it keeps the focus and the pointer. */
  function put(row, place) {
    const before = rows();
    const from = before.indexOf(row);
    const to = Math.max(0, Math.min(before.length - 1, place));
    if (to > from) before.slice(from + 1, to + 1).forEach((other) => row.before(other));
    else before.slice(to, from).reverse().forEach((other) => row.after(other));
    return to !== from;
  }

  function moved(row) {
    renumber();
    row.scrollIntoView({ block: "nearest" });
    said.textContent = `“${titleOf(row)}”移到第 ${rows().indexOf(row) + 1} 个，共 ${rows().length} 个。`;
    storeSoon();
  }

  /* Storing: the whole form, notes too, one request after the other. */

  let changes = 0; // since the page was opened; what is stored is stored up to one of them
  let stored = 0;
  let timer = 0;
  let queue = Promise.resolve();
  let isLeaving = false;

  function changed() {
    changes += 1;
    unsaved.hidden = false;
  }

  function storeSoon() {
    changed();
    clearTimeout(timer);
    timer = setTimeout(() => { queue = queue.then(store); }, REST);
  }

  async function store() {
    if (isLeaving) return;
    const upTo = changes;
    try {
      const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok || !page.getElementById("shortlist") || page.querySelector(".fault")) throw new Error("refused");
      for (const shown of page.querySelectorAll("input[name^=was-]")) {
        const here = form.elements.namedItem(shown.name);
        if (here) here.value = shown.value;
      }
      document.getElementById("messages").replaceChildren(...page.getElementById("messages").childNodes);
      stored = upTo;
      unsaved.hidden = stored === changes;
    } catch {
      said.textContent = "次序还没有保存，请按“保存备注和次序”。";
    }
  }

  form.addEventListener("input", ({ target }) => {
    changed();
    target.closest(".note").querySelector(".on-paper").textContent = target.value; // what would be printed
  });
  form.addEventListener("submit", () => { isLeaving = true; });
  window.addEventListener("pageshow", () => { isLeaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && stored !== changes) event.preventDefault();
  });

  /* By keyboard, and by the buttons. */

  list.addEventListener("keydown", (event) => {
    const row = event.target.closest(".handle")?.closest(".line");
    if (!row || !(event.key in KEYS) || dragged) return;
    event.preventDefault();
    if (put(row, rows().indexOf(row) + KEYS[event.key])) moved(row);
  });

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[name=up], [name=down]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".line");
    if (put(row, rows().indexOf(row) + (button.name === "up" ? -1 : 1))) moved(row);
    if (button.disabled) row.querySelector(button.name === "up" ? "[name=down]" : "[name=up]").focus();
  });

  /* By dragging the handle. */

  let dragged = null; // {row, handle, pointer, y, order}

  /* Past the middle of a neighbour the two change places. */
  function follow() {
    const { row, y } = dragged;
    const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
    while (row.previousElementSibling && y < middle(row.previousElementSibling)) row.after(row.previousElementSibling);
    while (row.nextElementSibling && y > middle(row.nextElementSibling)) row.before(row.nextElementSibling);
  }

  function scrollAlong() {
    if (!dragged) return;
    if (dragged.y < EDGE) window.scrollBy({ top: -STEP, behavior: "instant" });
    if (dragged.y > window.innerHeight - EDGE) window.scrollBy({ top: STEP, behavior: "instant" });
    follow();
    requestAnimationFrame(scrollAlong);
  }

  function drop(isKept) {
    const { row, handle, order } = dragged;
    dragged = null;
    row.classList.remove("dragged");
    if (!isKept) list.append(...order);
    handle.focus({ preventScroll: true });
    if (order.some((other, place) => other !== rows()[place])) moved(row);
  }

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".handle");
    if (!handle || event.button !== 0 || dragged) return;
    const row = handle.closest(".line");
    handle.setPointerCapture(event.pointerId);
    dragged = { row, handle, pointer: event.pointerId, y: event.clientY, order: rows() };
    row.classList.add("dragged");
    requestAnimationFrame(scrollAlong);
  });

  list.addEventListener("pointermove", (event) => {
    if (event.pointerId !== dragged?.pointer) return;
    dragged.y = event.clientY;
    follow();
  });
  list.addEventListener("pointerup", (event) => event.pointerId === dragged?.pointer && drop(true));
  list.addEventListener("pointercancel", (event) => event.pointerId === dragged?.pointer && drop(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && dragged && drop(false));

  for (const hidden of document.querySelectorAll(".handle, .by-hand")) hidden.hidden = false;
})();
