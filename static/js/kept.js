// What the form of a case keeps in this browser is forgotten once it is saved, on signing out, and after seven days.
(() => {
  "use strict";
  const PREFIX = "desk.kept.", DAYS = 7;
  const saved = document.cookie.match(/(?:^|; )desk_saved=([^;]*)/);

  const forget = (is_over) => {
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(PREFIX) && is_over(name)) localStorage.removeItem(name);
      }
    } catch {
      // Nothing can be kept here, so nothing is.
    }
  };
  const age = (name) => {
    try {
      return Date.now() - JSON.parse(localStorage.getItem(name)).at;
    } catch {
      return Infinity;
    }
  };

  forget((name) => !(age(name) < DAYS * 86400000));
  if (saved) {
    const key = PREFIX + decodeURIComponent(saved[1]).replaceAll('"', "");
    forget((name) => name === key);
    document.cookie = "desk_saved=; path=/admin/; max-age=0";
  }
  document.addEventListener("submit", (event) => {
    if (event.target.id === "logout-form") forget(() => true);
  });
})();
