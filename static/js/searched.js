/* Tells the portal, without cookies, that these words were searched for and which place of the list was opened, so that
   search can be bettered: once for each search in a tab, and not at all for readers who ask not to be followed. */

(() => {
  "use strict";

  if (navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;

  const KEPT = "searched";
  const MOST = 200;
  const results = () => document.getElementById("results");

  function isNew(what) {
    try {
      const told = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
      if (told.includes(what)) return false;
      sessionStorage.setItem(KEPT, JSON.stringify([...told, what].slice(-MOST)));
    } catch {
      // Nothing can be kept here: it is counted each time.
    }
    return true;
  }

  function tell(token, place = "") {
    if (!isNew(`${token} ${place}`)) return;
    const body = new URLSearchParams({ token, place });
    fetch("/searched/", { method: "POST", body, credentials: "omit", keepalive: true }).catch(() => {});
  }

  function look() {
    const { searched } = results()?.dataset ?? {};
    if (searched) tell(searched);
  }

  function opened(event) {
    const link = event.button < 2 && event.target.closest("#results .card-case h3 a");
    const { searched, first } = results()?.dataset ?? {};
    if (!link || !searched || !first) return;
    const cards = [...results().querySelectorAll(".card-case")];
    tell(searched, String(Number(first) + cards.indexOf(link.closest(".card-case"))));
  }

  look();
  document.body.addEventListener("htmx:afterRequest", look);
  document.addEventListener("click", opened);
  document.addEventListener("auxclick", opened);
})();
