// While an organisation is named: those in the library that it probably is.
(() => {
  "use strict";
  const form = document.getElementById("organisation_form"), name = form && form.elements.name;
  if (!name) return;
  const stored = location.pathname.match(/\/(\d+)\/change\/$/);
  const address = location.pathname.replace(/(?:add|\d+\/change)\/$/, "checks/");
  const box = Object.assign(document.createElement("div"), { className: "help alike" });
  let timer, asked = name.value;
  box.setAttribute("role", "status");
  name.closest(".form-row").append(box);

  const show = (links) => {
    box.replaceChildren(links.length ? "可能已经有了：" : "");
    links.forEach(([text, to], place) => {
      const link = Object.assign(document.createElement("a"), { href: to, target: "_blank", rel: "noopener", textContent: text });
      box.append(place ? "、" : "", link);
    });
    if (links.length) box.append("。是同一个的，请直接选用，不要再建。");
  };
  name.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (name.value === asked) return;
      asked = name.value;
      const query = new URLSearchParams({ name: asked.replaceAll("\0", "").slice(0, 200), without: stored ? stored[1] : "" });
      try {
        const answer = await fetch(`${address}?${query}`, { redirect: "manual" });
        if (answer.ok) show((await answer.json()).links);
      } catch {
        show([]);
      }
    }, 600);
  });
})();
