/* A word when an import goes on to its next state while htmx looks after it. The page works without it. */

(() => {
  "use strict";

  const said = document.getElementById("said");
  let before = document.getElementById("import").dataset.said;
  document.addEventListener("htmx:afterSwap", () => {
    const now = document.getElementById("import").dataset.said;
    if (now === before) return;
    before = now;
    said.textContent = now;
  });
})();
