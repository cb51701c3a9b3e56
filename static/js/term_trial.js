/* The trial box answers while one types; with the button it does so without any of this. */

(() => {
  "use strict";

  const REST = 600; // ms without a key before we ask
  const box = document.querySelector("[data-trial]");
  const { form } = box.querySelector("textarea");
  const result = () => document.getElementById("trial-result");
  let timer, asked;

  function isAsked() {
    return [...box.querySelectorAll("[name=trial_text], [name=trial_query]")].some((field) => field.value.trim());
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    result().setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(box.dataset.trial, { method: "POST", body, signal, redirect: "error" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = response.ok && page.getElementById("trial-result");
      if (fresh) result().replaceChildren(...fresh.childNodes);
    } catch {
      // The button still works, and says what is wrong.
    }
    if (!signal.aborted) result().removeAttribute("aria-busy");
  }

  function wait() {
    clearTimeout(timer);
    if (isAsked()) timer = setTimeout(ask, REST);
    else result().replaceChildren();
  }

  const button = box.querySelector("button[name=_trial], button.default");
  button.addEventListener("click", (event) => {
    if (!isAsked()) return;
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  form.addEventListener("input", wait);
})();
