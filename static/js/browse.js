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

  /* The tree of districts, fetched into a dialog when it is asked for. */

  const places = document.createElement("dialog");
  places.className = "places";
  places.setAttribute("aria-label", "选择区划");
  const shut = document.createElement("button");
  shut.type = "button";
  shut.className = "button plain close";
  shut.textContent = "关闭";
  const tree = document.createElement("div");
  tree.setAttribute("data-hx-boost", "true"); // here its links change the list; on a page of its own they lead to it
  places.append(shut, tree);
  browse.append(places);

  async function openPlaces(event) {
    const link = event.target.closest("#whole-tree");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const parts = { target: tree, select: "#tree", selectOOB: "unset", swap: "innerHTML ignoreTitle:true" };
    await window.htmx.ajax("GET", link.getAttribute("href"), { source: tree, ...parts }).catch(() => {});
    if (!byId("tree")) return; // why has been said
    places.showModal();
    byId("place").focus();
  }

  function leavePlaces(event) {
    if (event.target === places || event.target.closest(".close")) places.close();
  }

  browse.addEventListener("click", openPlaces, true);
  places.addEventListener("click", leavePlaces);
  places.addEventListener("close", () => {
    tree.textContent = "";
    byId("whole-tree")?.focus();
  });

  /* Live results. */

  /* Whether an event is about the results, and not about what is shown in a dialog. */
  function isLive({ detail }) {
    return detail.target?.id === "results";
  }

  function wordsInAddress() {
    return new URLSearchParams(location.search).get("q") || "";
  }

  function begin(event) {
    trouble.textContent = "";
    if (!isLive(event)) return;
    byId("results").setAttribute("aria-busy", "true");
  }

  function keepOpenOnes({ detail }) {
    for (const details of detail.fragment.querySelectorAll("details[id]")) {
      const before = byId(details.id);
      if (before) details.open = before.open;
    }
  }

  function end(event) {
    if (!isLive(event)) return;
    byId("results").removeAttribute("aria-busy");
    if (event.detail.successful) settle(event.detail.requestConfig.elt);
  }

  /* A case was put on the shortlist or taken off: the button, under the focus, says which; this says how many. */
  function tell({ detail }) {
    if (!detail.successful || !detail.target?.classList.contains("collect")) return;
    if (byId("messages").textContent.trim()) return; // why not is said there
    const count = document.querySelector("#collected .tally .number")?.textContent || 0;
    said.textContent = `清单里现在有 ${count} 个案例。`;
  }

  function settle(source) {
    const found = byId("found");
    const box = document.querySelector("#search input");
    const heard = found ? [...document.querySelectorAll("#results > .notice"), found] : [byId("results")];
    said.textContent = heard.map((part) => part.innerText.trim()).join("\n");
    if (box) {
      box.value = wordsInAddress();
      if (window.matchMedia("(pointer: coarse)").matches) box.blur(); // else the keys cover what was found
    }
    document.querySelectorAll("link[rel=canonical]").forEach((link) => link.remove()); // it was the first view's
    if (places.open) places.close();
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
    if (!isLive(event) || detail.isError || detail.serverResponse.includes('id="results"')) return;
    event.preventDefault();
    location.assign(detail.pathInfo.finalRequestPath);
  }

  function fail(message) {
    return ({ detail }) => {
      for (const dialog of [places, drawer]) if (dialog.open) dialog.close(); // it would hide what is said
      const link = document.createElement("a");
      const isRead = detail.requestConfig.verb === "get";
      link.href = isRead ? detail.pathInfo.finalRequestPath : location.href;
      link.textContent = "重新打开这一页";
      const notice = document.createElement("p");
      notice.className = "notice";
      notice.append(isRead ? `${message}，下面仍是原来的结果。` : "清单没有改动，请稍后再试。", link);
      trouble.replaceChildren(notice);
    };
  }

  /* Back and forward: the results of that address, fetched as any other. */
  function restore(event) {
    event.preventDefault();
    window.htmx.ajax("GET", event.detail.path, { source: browse }).catch(() => {});
  }

  const { body } = document;
  body.addEventListener("htmx:beforeRequest", begin);
  body.addEventListener("htmx:oobBeforeSwap", keepOpenOnes);
  body.addEventListener("htmx:beforeSwap", otherPage);
  body.addEventListener("htmx:afterRequest", end);
  body.addEventListener("htmx:afterRequest", tell);
  body.addEventListener("htmx:responseError", fail("服务器暂时没有取到结果"));
  body.addEventListener("htmx:sendError", fail("网络不通，没有取到结果"));
  body.addEventListener("htmx:timeout", fail("等得太久，没有取到结果"));
  body.addEventListener("htmx:historyCacheMiss", restore);
})();
