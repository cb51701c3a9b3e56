/* Files to take away: buttons that tick all columns or none, and a word when a file's state changes while htmx looks
   after it. The pages work without any of this. */

(() => {
  "use strict";

  const place = document.querySelector("[data-all-columns]");
  if (place) {
    const boxes = document.querySelectorAll('.export-choices input[name="column"]');
    for (const [label, isOn] of [["全选", true], ["全不选", false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => boxes.forEach((box) => { box.checked = isOn; }));
      place.append(button);
    }
  }

  const said = document.getElementById("said");
  if (said) {
    let before = document.getElementById("export").dataset.said;
    document.addEventListener("htmx:afterSwap", () => {
      const now = document.getElementById("export").dataset.said;
      if (now === before) return;
      before = now;
      said.textContent = now;
      document.title = document.title.replace(/^[^：]*/, now);
    });
  }
})();
