// A field and the passage it was read from point at each other; what is typed is kept as it is typed.
(() => {
  "use strict";
  const form = document.getElementById("article-form"), text = document.getElementById("article");
  if (!form || !text) return;

  // Pointing
  const passages = [...text.querySelectorAll(".article-passage")];
  const read_from = (name) => passages.filter((one) => one.dataset.for.split(" ").includes(name));
  const has_own_scroll = () => text.scrollHeight > text.clientHeight + 1;
  const bring = (passage) => {
    if (!passage || !has_own_scroll()) return;
    const box = passage.getBoundingClientRect(), frame = text.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) text.scrollTop += box.top - frame.top - frame.height / 3;
  };
  const forget = () => {
    for (const one of document.querySelectorAll(".is-pointed, .is-pointed-field")) one.classList.remove("is-pointed", "is-pointed-field");
  };
  const point = (name, { scroll = true } = {}) => {
    forget();
    const found = read_from(name);
    for (const one of found) one.classList.add("is-pointed");
    const field = document.getElementById(`f-${name}`);
    if (field && found.length) field.classList.add("is-pointed-field");
    if (scroll) bring(found[0]);
  };
  let waiting;
  form.addEventListener("mouseover", (event) => {
    const field = event.target.closest("[data-reads]");
    clearTimeout(waiting);
    if (field) waiting = setTimeout(() => point(field.dataset.reads), 120);
  });
  form.addEventListener("focusin", (event) => {
    const field = event.target.closest("[data-reads]");
    if (field) point(field.dataset.reads);
  });
  text.addEventListener("mouseover", (event) => {
    const passage = event.target.closest(".article-passage");
    clearTimeout(waiting);
    if (passage) point(passage.dataset.for.split(" ")[0], { scroll: false });
  });
  text.addEventListener("focusin", (event) => {
    const passage = event.target.closest(".article-passage");
    if (passage) point(passage.dataset.for.split(" ")[0], { scroll: false });
  });
  text.addEventListener("click", (event) => {
    const passage = event.target.closest(".article-passage");
    if (!passage) return;
    const name = passage.dataset.for.split(" ")[0], field = document.getElementById(`f-${name}`);
    const first = field && field.querySelector("input:not([type=hidden]), select, textarea, button");
    if (!first) return;
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    const chooser = first.nextElementSibling && first.nextElementSibling.querySelector(".select2-selection");
    (first.matches(".select2-hidden-accessible") && chooser ? chooser : first).focus({ preventScroll: true });
    point(name, { scroll: false });
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#p"]');
    const field = link && link.closest("[data-reads]");
    if (!field || !has_own_scroll()) return;
    event.preventDefault();
    point(field.dataset.reads, { scroll: false });
    bring(read_from(field.dataset.reads)[0] || document.querySelector(link.hash));
  });

  // Keeping
  const version = form.elements.version, told = form.querySelector(".article-saved");
  const PAUSE = 2500;
  let timer, is_sending = false, is_leaving = false, is_changed = false;
  const keep = async () => {
    if (is_sending || is_leaving || !is_changed) return;
    is_sending = true;
    is_changed = false;
    const data = new FormData(form);
    data.append("auto", "1");
    try {
      const answer = await fetch(location.href.split("#")[0], { method: "POST", body: data });
      const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (said.version) version.value = said.version;
      told.textContent = said.told || "没有自动保存，请按保存";
    } catch {
      is_changed = true;
      told.textContent = "没有连上，没有自动保存";
    }
    is_sending = false;
    if (is_changed) soon();
  };
  const soon = () => {
    is_changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (window.django && window.django.jQuery) window.django.jQuery(form).on("select2:select select2:unselect", soon);
  // A save under way takes the version that this one would name: it goes on when that is done.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (is_sending) {
      event.preventDefault();
      const button = event.submitter;
      const again = setInterval(() => {
        if (is_sending) return;
        clearInterval(again);
        form.requestSubmit(button);
      }, 50);
      return;
    }
    is_leaving = true;
  });
  window.addEventListener("pageshow", () => { is_leaving = false; });
})();
