/* /cases/ live: htmx fetches the page and swaps its parts; this keeps the reader's place, says what came, and opens
   the filters as a drawer on a narrow screen. The page works without any of this. */

(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const browse = byId("browse");
  const said = byId("said");
  const trouble = byId("trouble");
  const filters = document.querySelector("details.facets");
  const panel = filters.querySelector(".panel");
  const wide = window.matchMedia("(min-width: 60rem)");

  /* The drawer: the same filters, moved into a modal dialog and back. */

  const drawer = document.createElement("dialog");
  drawer.className = "drawer";
  drawer.setAttribute("aria-labelledby", "facets-title");
  browse.append(drawer);

  function openDrawer(event) {
    if (wide.matches) return;
    event.preventDefault();
    drawer.append(panel);
    drawer.showModal();
  }

  function closeDrawer(event) {
    if (!event.target.closest("#show-found") && event.target !== drawer) return;
    if (drawer.open) event.preventDefault();
    drawer.close();
  }

  function putBack() {
    filters.append(panel);
    filters.querySelector("summary").focus();
  }

  function fitWidth() {
    if (drawer.open) drawer.close();
    filters.open = wide.matches; // where the style sheet cannot hold it open
  }

  filters.addEventListener("click", (event) => event.target.closest(".facets > summary") && openDrawer(event));
  drawer.addEventListener("click", closeDrawer);
  drawer.addEventListener("close", putBack);
  wide.addEventListener("change", fitWidth);
  fitWidth();

  /* Live results. */

  function wordsInAddress() {
    return new URLSearchParams(location.search).get("q") || "";
  }

  function begin() {
    trouble.textContent = "";
    byId("results").setAttribute("aria-busy", "true");
  }

  function keepOpenOnes({ detail }) {
    for (const details of detail.fragment.querySelectorAll("details[id]")) {
      const before = byId(details.id);
      if (before) details.open = before.open;
    }
  }

  function end({ detail }) {
    byId("results").removeAttribute("aria-busy");
    if (detail.successful) settle(detail.requestConfig.elt);
  }

  function settle(source) {
    const found = byId("found");
    const box = document.querySelector("#search input");
    said.textContent = (found || byId("results")).innerText;
    if (box) {
      box.value = wordsInAddress();
      if (window.matchMedia("(pointer: coarse)").matches) box.blur(); // else the keys cover what was found
    }
    document.querySelectorAll("link[rel=canonical]").forEach((link) => link.remove()); // it was the first view's
    if (!found) return;
    if (source.closest(".pages")) {
      found.focus();
      found.scrollIntoView();
    } else if (document.activeElement === document.body) {
      (drawer.open ? drawer : found).focus({ preventScroll: true });
    }
  }

  function otherPage(event) {
    const { detail } = event;
    if (detail.isError || detail.serverResponse.includes('id="results"')) return;
    event.preventDefault();
    location.assign(detail.pathInfo.finalRequestPath);
  }

  function fail(message) {
    return ({ detail }) => {
      if (drawer.open) drawer.close();
      const link = document.createElement("a");
      link.href = detail.pathInfo.finalRequestPath;
      link.textContent = "重新打开这一页";
      const notice = document.createElement("p");
      notice.className = "notice";
      notice.append(`${message}，下面仍是原来的结果。`, link);
      trouble.replaceChildren(notice);
    };
  }

  /* Back and forward: the results of that address, fetched as any other. */
  function restore(event) {
    event.preventDefault();
    window.htmx.ajax("GET", event.detail.path, { source: browse });
  }

  const { body } = document;
  body.addEventListener("htmx:beforeRequest", begin);
  body.addEventListener("htmx:oobBeforeSwap", keepOpenOnes);
  body.addEventListener("htmx:beforeSwap", otherPage);
  body.addEventListener("htmx:afterRequest", end);
  body.addEventListener("htmx:responseError", fail("服务器暂时没有取到结果"));
  body.addEventListener("htmx:sendError", fail("网络不通，没有取到结果"));
  body.addEventListener("htmx:timeout", fail("等得太久，没有取到结果"));
  body.addEventListener("htmx:historyCacheMiss", restore);
})();
