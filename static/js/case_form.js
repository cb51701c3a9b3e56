// The form of a case: counts characters, tells what is missing, and keeps what is typed, on the server and in the browser.
(() => {
  "use strict";
  const desk = document.getElementById("entering"), form = desk && desk.closest("form");
  if (!form || !desk.dataset.editable) return;
  const kept = document.getElementById("kept"), told = document.getElementById("told");
  const NAME = "desk.kept." + desk.dataset.keptAs, LIKE_THIS = NAME.slice(0, NAME.lastIndexOf(".") + 1);
  // As cases/checks.py counts: what Word counts one by one, and runs of everything else.
  const WIDE = /[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2014\u2018-\u201d\u2026\u{20000}-\u{3ffff}]/gu;
  const NOT_TYPED = /^(csrfmiddlewaretoken|typed_by|version|base|base_rows|began|_.*|choice-.*|merged-.*|reason|publish_at|nature|wrong|right|corrected_on|corrected_why)$|__prefix__/;

  // The words of a field, plain or in an editor that stands in its place.
  const textOf = (name) => {
    const field = form.elements[name];
    if (!field) return "";
    const editor = field.parentElement.querySelector(".ProseMirror, [contenteditable='true']");
    return editor ? editor.innerText : field.value;
  };
  const length = (text) => (text.match(WIDE) || []).length + text.replace(WIDE, " ").split(/\s+/).filter(Boolean).length;
  const later = (wait, act) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };
  const typed = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (!(value instanceof File) && !NOT_TYPED.test(name)) data.append(name, value.replaceAll("\r\n", "\n"));
    }
    return data;
  };
  const token = () => {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/);
    return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
  };
  const post = (address, data, more = {}) => {
    data.set("typed_by", form.elements.typed_by.value);
    if (form.elements.version) data.set("version", form.elements.version.value);
    const headers = { "X-CSRFToken": token() };
    return fetch(address, { method: "POST", body: data, headers, redirect: "manual", ...more });
  };

  // Counting

  const over = new Map();
  const count = () => {
    for (const counter of desk.querySelectorAll(".counter")) {
      const names = counter.dataset.counts.split(" "), most = Number(counter.dataset.most || 0);
      const number = names.reduce((sum, name) => sum + length(textOf(name)), 0);
      const what = counter.classList.contains("total") ? "正文四节共" : "";
      counter.textContent = `${what} ${number} 字${most ? `，通常不超过 ${most} 字` : ""}`.trim();
      const is_over = Boolean(most) && number > most;
      counter.classList.toggle("over", is_over);
      if (is_over && over.get(counter) === false) told.textContent = `${what || "摘要"}超过了 ${most} 字`;
      over.set(counter, is_over);
    }
  };

  // Telling what is missing

  const list = (part, remarks) => {
    const box = desk.querySelector(`[data-remarks="${part}"]`), state = desk.querySelector(`[data-state="${part}"]`);
    if (!box || !state) return;
    box.replaceChildren(...remarks.map((remark) => {
      const item = document.createElement("li");
      item.append(remark.text);
      remark.links.forEach(([text, address], place) => {
        const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
        link.textContent = text;
        item.append(place ? "、" : "", link);
      });
      return item;
    }));
    state.textContent = remarks.length ? `${remarks.length} 处要看` : "";
  };
  let asking, is_leaving = false;
  const check = later(1200, async () => {
    if (is_leaving) return; // once it is handed in, its author may not ask about it any more
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await post(desk.dataset.checks, typed(), { signal: asking.signal });
      if (!answer.ok) return;
      const { remarks } = await answer.json();
      for (const box of desk.querySelectorAll("[data-remarks]")) {
        list(box.dataset.remarks, remarks.filter((remark) => remark.part === box.dataset.remarks));
      }
    } catch {
      // The next change asks again.
    }
  });

  // Keeping: in the browser at once, on the server a little later

  let first = typed().toString(), is_touched = false, is_signing_out = false, sending = null, synced = "";
  const say = (text, link) => {
    kept.hidden = false;
    kept.replaceChildren(text);
    if (link) kept.append(Object.assign(document.createElement("a"), { href: link, target: "_blank", textContent: "登录" }));
  };
  const warn = (text, link) => {
    say(text, link);
    told.textContent = text;
  };
  const keep_here = () => {
    if (is_signing_out) return true;
    const state = typed().toString();
    try {
      localStorage.setItem(NAME, JSON.stringify({ at: Date.now(), state, is_synced: state === synced }));
      return true;
    } catch {
      return false;
    }
  };
  const FILES = () => [...form.querySelectorAll('input[type="file"]')].some((field) => field.files.length)
    ? "；选好的文件不在内" : "";
  const keep_there = async () => {
    if (is_leaving) return;
    if (sending) { keep(); return; }
    const state = typed();
    sending = new AbortController();
    const sent = state.toString(); // before what tells whose it is
    try {
      const answer = await post(desk.dataset.keep, state, { signal: sending.signal });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        const here = keep_here() ? "输入的内容留在这台电脑里" : "这个浏览器留不住输入的内容，请先复制";
        warn(`登录已经过期。${here}，请在新窗口重新登录，再回到本页继续：`, desk.dataset.signIn);
      } else if (answer.ok) {
        const { at } = await answer.json();
        synced = sent;
        keep_here();
        say(`已自动保存 ${at}，只有您能看到${FILES()}`);
      } else if (answer.status === 429) {
        keep();
      } else {
        const { error } = await answer.json();
        warn(`没有自动保存：${error}`);
      }
    } catch {
      if (is_leaving) return;
      warn(keep_here() ? "网络不通。输入的内容暂存在这台电脑里，连上以后再自动保存" : "网络不通，这个浏览器也留不住输入的内容：请先复制出来");
      setTimeout(keep, 10000);
    } finally {
      sending = null;
    }
  };
  const keep = later(3000, keep_there);
  const keep_soon = later(400, () => {
    if (!keep_here()) say("这个浏览器不能暂存输入的内容，请及时保存");
  });
  const changed = () => {
    count();
    if (!is_touched && typed().toString() === first) return;
    is_touched = true;
    keep_soon();
    keep();
    check();
  };
  const noticed = later(150, changed);

  for (const name of ["input", "change", "desk:changed"]) form.addEventListener(name, noticed);
  const jquery = window.django && window.django.jQuery;
  if (jquery) jquery(form).on("change", noticed); // choosers tell nobody else
  document.addEventListener("formset:removed", noticed);
  // An editor may write a text its own way, which is no change; what was typed before it was ready is one.
  form.addEventListener("rich-text:ready", ({ target, detail }) => {
    if (is_touched) return;
    const began = new URLSearchParams(first);
    if (began.has(target.name) && !detail.was_typed) began.set(target.name, target.value.replaceAll("\r\n", "\n"));
    first = began.toString();
    count();
  });
  window.addEventListener("online", () => { if (is_touched) keep(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && is_touched && !is_leaving) keep_here();
  });

  form.addEventListener("submit", (event) => {
    form.elements.csrfmiddlewaretoken.value = token();
    if (event.submitter && (event.submitter.classList.contains("preview") || event.submitter.name === "_discard")) return;
    if (is_touched) keep_here();
    if (!navigator.onLine) {
      event.preventDefault();
      warn("网络不通，没有保存。输入的内容还在，连上以后再点一次");
      return;
    }
    is_leaving = true;
    for (const waiting of [sending, asking]) if (waiting) waiting.abort();
  });
  document.addEventListener("submit", (event) => { is_signing_out = event.target.id === "logout-form"; });
  window.addEventListener("pageshow", (event) => { if (event.persisted) is_leaving = false; });

  // Offering what another visit left in this browser and the server does not have

  const labels = (state) => {
    const here = new URLSearchParams(first), there = new URLSearchParams(state), found = new Set();
    for (const name of new Set([...here.keys(), ...there.keys()])) {
      if (String(here.getAll(name)) === String(there.getAll(name))) continue;
      const row = name.match(/^(\w+)-/), label = form.querySelector(`label[for="id_${CSS.escape(name)}"]`);
      const heading = row && document.getElementById(`${row[1]}-heading`);
      if (label || heading) found.add((label || heading).textContent.replace(/[:：]\s*$/, "").trim());
    }
    return [...found];
  };
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const offer = (name, { at, state }) => {
    const box = Object.assign(document.createElement("section"), { className: "offer module" });
    const heading = document.createElement("h2"), text = document.createElement("p"), choice = document.createElement("p");
    heading.textContent = `这台电脑里有您 ${new Date(at).toLocaleString("zh-CN")} 没有保存的内容`;
    text.textContent = `和现在保存着的不同：${labels(state).join("、") || "行的增减"}。选好的文件不在内。`;
    choice.className = "offer-choice";
    choice.append(
      button("恢复", async () => {
        try {
          const answer = await post(desk.dataset.keep, new URLSearchParams(state));
          const { id, error } = answer.ok ? await answer.json() : { error: "请稍后再点一次" };
          if (!id) throw new Error(error);
          localStorage.removeItem(name);
          is_leaving = true;
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "_restore", value: id }));
          form.elements.csrfmiddlewaretoken.value = token();
          form.submit();
        } catch (problem) {
          warn(`没有恢复：${problem.message}`);
        }
      }),
      button("丢弃", () => { localStorage.removeItem(name); box.remove(); }),
    );
    box.append(heading, text, choice);
    form.prepend(box);
  };
  const offer_all = () => {
    try {
      for (const name of Object.keys(localStorage).filter((name) => name.startsWith(LIKE_THIS))) {
        const entry = JSON.parse(localStorage.getItem(name));
        if (entry.state === first || entry.is_synced) localStorage.removeItem(name);
        else if (!desk.dataset.unsaved) offer(name, entry);
      }
    } catch {
      say("这个浏览器不能暂存输入的内容，请及时保存");
    }
  };

  // Which part is being looked at

  const places = new Map([...desk.querySelectorAll(".parts a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of places.values()) link.removeAttribute("aria-current");
      places.get(entry.target.id).setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const part of desk.querySelectorAll(".part")) seen.observe(part);

  count();
  offer_all();
  if (desk.dataset.unsaved) { is_touched = true; keep_here(); keep(); }
})();
