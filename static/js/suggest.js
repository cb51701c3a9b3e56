/* Suggestions under a search box: ARIA 1.2's editable combobox with a list, chosen by hand.
   The form works without any of this, so whatever fails here fails silently. */

(() => {
  "use strict";

  const REST = 120; // ms without a key before we ask
  const SILENCE = 1000; // ms without a key before a screen reader is told what there is
  const KEPT = 50; // answers

  const answers = new Map(); // address asked → its suggestions, oldest first
  let boxes = 0;

  async function answer(address, signal) {
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
    if (!response.ok) throw new Error(response.statusText);
    const { suggestions } = await response.json();
    if (!Array.isArray(suggestions)) throw new TypeError("not suggestions");
    if (answers.size >= KEPT) answers.delete(answers.keys().next().value);
    answers.set(address, suggestions);
    return suggestions;
  }

  function setAttributes(node, attributes) {
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    setAttributes(made, attributes);
    made.append(...children);
    return made;
  }

  /* Pinyin matches without standing in the text: then nothing is marked. */
  function marked(text, words) {
    const start = text.toLowerCase().indexOf(words.toLowerCase());
    if (start < 0) return [text];
    const end = start + words.length;
    return [text.slice(0, start), element("mark", {}, text.slice(start, end)), text.slice(end)];
  }

  /* A link, so that a middle click, a long press and the status bar are what they are elsewhere. */
  function option({ text, kind, note = "", url }, words, id) {
    const name = [text, note, kind].filter(Boolean).join("，");
    return element(
      "a",
      { role: "option", id, href: url, tabindex: "-1", "aria-selected": "false", "aria-label": name },
      element(
        "span",
        { class: "what" },
        element("span", { class: "text" }, ...marked(text, words)),
        element("span", { class: "note" }, note),
      ),
      element("span", { class: "kind" }, kind),
    );
  }

  function suggestFor(input) {
    const id = `suggestions-${++boxes}`;
    const list = element("div", { role: "listbox", id, class: "suggestions", "aria-label": "搜索建议", hidden: "" });
    const status = element("div", { role: "status", class: "visually-hidden" });
    let active = null; // the option that Enter would follow
    let resting, speaking, asking;

    const words = () => input.value.trim();

    function address() {
      const url = new URL(input.dataset.suggest, document.baseURI);
      url.searchParams.set("q", words());
      return url.href;
    }

    function say(message) {
      clearTimeout(speaking);
      status.textContent = "";
      if (message) speaking = setTimeout(() => (status.textContent = message), SILENCE);
    }

    function cancel() {
      clearTimeout(resting);
      if (asking) asking.abort();
      say("");
    }

    function activate(next) {
      if (active) active.setAttribute("aria-selected", "false");
      active = next;
      if (active) {
        active.setAttribute("aria-selected", "true");
        input.setAttribute("aria-activedescendant", active.id);
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    }

    function close() {
      cancel();
      activate(null);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function show(suggestions) {
      if (!suggestions.length) {
        close();
        return say("没有建议");
      }
      activate(null);
      list.textContent = "";
      list.append(...suggestions.map((suggestion, i) => option(suggestion, words(), `${id}-${i + 1}`)));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      say(`有 ${suggestions.length} 条建议，用上下方向键选择`);
    }

    async function ask(wanted) {
      asking = new AbortController();
      const { signal } = asking;
      const suggestions = await answer(wanted, signal).catch(() => null);
      // The text can also change without a key of the reader's: then nothing was aborted, yet the answer is stale.
      if (signal.aborted || wanted !== address()) return;
      if (suggestions) show(suggestions);
      else close();
    }

    function suggest() {
      cancel();
      if (!words()) return close();
      const wanted = address();
      if (answers.has(wanted)) show(answers.get(wanted));
      else ask(wanted);
    }

    function typed(event) {
      cancel();
      activate(null);
      if (!words()) close();
      else if (!event.isComposing) resting = setTimeout(suggest, REST);
    }

    /* The text is one of the stops: past either end of the list the reader is back in it. */
    function move(step) {
      const stops = [null, ...list.children];
      activate(stops[(stops.indexOf(active) + step + stops.length) % stops.length]);
      (active || input).scrollIntoView({ block: "nearest" });
      clearTimeout(speaking); // the option is being read out, and says enough
    }

    function pressed(event) {
      // Safari ends a composition before the Enter that ended it, and tells only by 229.
      if (event.isComposing || event.keyCode === 229) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp":
          if (list.hidden && !event.repeat) suggest(); // opens at once what was answered before
          if (list.hidden) return;
          event.preventDefault();
          move(event.key === "ArrowDown" ? 1 : -1);
          break;
        case "ArrowLeft":
        case "ArrowRight":
        case "Home":
        case "End":
          activate(null); // back in the text, where these keys belong
          break;
        case "Enter":
          if (!active) return;
          event.preventDefault();
          active.click();
          break;
        case "Escape":
          if (!list.hidden) event.preventDefault(); // a second one clears the text, where the browser does that
          close();
          break;
      }
    }

    setAttributes(input, {
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-controls": id,
      "aria-expanded": "false",
    });
    input.after(list, status);

    input.addEventListener("input", typed);
    input.addEventListener("keydown", pressed);
    input.addEventListener("compositionstart", close); // the candidates of the input method take its place
    input.addEventListener("compositionend", typed); // Chromium's last input event says it is still composing
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // else blur closes it before the click
    list.addEventListener("click", close); // else it is still open when the reader comes back
  }

  document.querySelectorAll("input[data-suggest]").forEach(suggestFor);
})();
