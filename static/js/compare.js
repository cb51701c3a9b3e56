/* Remembers which cases a reader ticks in a list, from page to page, and shows them at the foot of the window.
   The form works without any of this, for the cases of one page. */

(() => {
  "use strict";

  const MOST = 4;
  const KEY = "compare";
  const NUMBER = /^\d{4}-\d{4,8}$/;
  const FULL = `最多对比 ${MOST} 个案例，请先移除一个再选。`;

  const form = document.getElementById("compare");
  if (!form) return;
  const picked = form.querySelector(".compare-picked");
  const summary = picked.querySelector("summary");
  const list = picked.querySelector("ul");
  const said = form.querySelector(".compare-said");
  const button = form.querySelector("[type=submit]");
  said.id = "compare-said";

  let chosen = []; // {number, title}, in the order of ticking

  /* Storage may be switched off, and may hold anything. */
  function restore() {
    try {
      const stored = JSON.parse(sessionStorage.getItem(KEY)) || [];
      chosen = stored.filter(({ number, title }) => NUMBER.test(number) && typeof title === "string").slice(0, MOST);
    } catch {
      /* what is known in this page will do */
    }
  }

  function keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(chosen));
    } catch {
      /* then the ticks hold for this page */
    }
  }

  const boxes = () => [...document.querySelectorAll('input[type="checkbox"][name="case"][form="compare"]')];
  const isChosen = (number) => chosen.some((one) => one.number === number);

  function line({ number, title }) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const remove = document.createElement("button");
    name.textContent = title;
    remove.type = "button";
    remove.textContent = "移除";
    remove.setAttribute("aria-label", `移除：${title}`);
    remove.dataset.remove = number;
    item.append(name, remove);
    return item;
  }

  function show() {
    const isOn = chosen.length > 0;
    form.classList.toggle("on", isOn);
    document.documentElement.classList.toggle("comparing", isOn);
    picked.hidden = !isOn;
    summary.textContent = `已选 ${chosen.length} 个`;
    button.textContent = isOn ? "对比" : "对比所选";
    list.replaceChildren(...chosen.map(line));
    for (const box of boxes()) {
      box.checked = isChosen(box.value);
      const isBarred = !box.checked && chosen.length >= MOST;
      if (isBarred) box.setAttribute("aria-disabled", "true");
      else box.removeAttribute("aria-disabled");
    }
    makeRoom();
  }

  /* So that neither the end of the page nor what has the focus lies under the bar. */
  function makeRoom() {
    document.documentElement.style.setProperty("--compare-bar", `${Math.ceil(form.offsetHeight) + 16}px`);
  }

  function say(words) {
    said.textContent = words;
    said.classList.toggle("visually-hidden", words !== FULL); // the count stands above already
    makeRoom();
  }

  function change(next) {
    chosen = next;
    keep();
    show();
    say(count());
  }

  function sync() {
    restore();
    show();
  }

  function count() {
    if (!chosen.length) return "没有选中的案例。";
    return `已选 ${chosen.length} 个案例，${chosen.length > 1 ? "可以对比了" : "再选一个就可以对比"}。`;
  }

  document.addEventListener("change", ({ target }) => {
    if (!boxes().includes(target)) return;
    if (target.checked && chosen.length >= MOST && !isChosen(target.value)) {
      target.checked = false;
      say(FULL);
      return;
    }
    const others = chosen.filter(({ number }) => number !== target.value);
    change(target.checked ? [...others, { number: target.value, title: target.dataset.title }] : others);
  });

  /* The focus goes to the next one to remove, or back to where ticking goes on. */
  list.addEventListener("click", ({ target }) => {
    const number = target.dataset.remove;
    if (!number) return;
    const place = chosen.findIndex((one) => one.number === number);
    change(chosen.filter((one) => one.number !== number));
    const buttons = list.querySelectorAll("button");
    const next = buttons[Math.min(place, buttons.length - 1)] || boxes().find((box) => box.value === number);
    (next || document.getElementById("main")).focus();
  });

  form.addEventListener("submit", (event) => {
    if (!chosen.length) return;
    event.preventDefault();
    const asked = new URLSearchParams(chosen.map(({ number }) => ["case", number]));
    location.assign(`${form.getAttribute("action")}?${asked}`);
  });

  document.addEventListener("htmx:afterSwap", sync);
  document.addEventListener("htmx:historyRestore", sync);
  window.addEventListener("pageshow", sync); // also from the browser's memory of the page before
  window.addEventListener("resize", makeRoom);
  picked.addEventListener("toggle", makeRoom);

  picked.open = matchMedia("(min-width: 60rem)").matches;
  sync();
})();
