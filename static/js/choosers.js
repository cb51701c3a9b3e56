// Choosers that search are drawn by a script which leaves them without a name: they get that of their field.
(() => {
  "use strict";
  const name_of = (select) => {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    return select.getAttribute("aria-label") || (label ? label.textContent.replace(/[:：]\s*$/, "").trim() : "");
  };
  const name_all = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const box = select.parentElement.querySelector('[role="combobox"]');
      if (!box || box.id || !select.id) continue;
      // It calls what is chosen a text field that nobody can write in, which has no name either.
      for (const text of box.querySelectorAll('[role="textbox"]')) {
        text.removeAttribute("role");
        text.removeAttribute("aria-readonly");
      }
      for (const field of box.querySelectorAll(".select2-search__field")) field.setAttribute("aria-label", name_of(select));
      box.id = `${select.id}-combobox`;
      box.setAttribute("aria-label", name_of(select));
      box.setAttribute("aria-labelledby", `${box.id} ${box.getAttribute("aria-labelledby") || ""}`.trim());
    }
  };
  const soon = () => setTimeout(name_all);

  document.addEventListener("DOMContentLoaded", () => {
    if (window.django && window.django.jQuery) window.django.jQuery(soon);
  });
  document.addEventListener("formset:added", soon);
})();
