// Copies a text that stands on the page. The buttons are hidden until this script shows that it can do so.
for (const button of navigator.clipboard ? document.querySelectorAll("button[data-copies]") : []) {
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "已复制";
    } catch {
      button.textContent = "没有复制，请手动选取";
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}
