/* What Word and WPS put on the clipboard, as headings, bold, lists and tables. The server knows the same forms. */

const MSO_LIST = /mso-list\s*:\s*[^;]*?\blevel(\d{1,2})/i;
const MARKER = /mso-list\s*:\s*ignore/i;
const BULLET = /^[·•●○■□◆◇▪▫◦➢➤✓✔–—\-*lnuvqwoØüÃ§Þ]?$/;
const NUMBER = /^(\d{1,3})\s*[.．、)）]?$/;
const TYPED = /^[·•●○■□◆◇▪▫◦➢][\s\u00a0\u3000]+/;
const OFFICE = /(?:^|\s)(?:mso\w+|p\d*|\d+)(?:\s|$)/i;
const KEPT = new Set(["href", "src", "alt", "colspan", "rowspan"]);
const PICTURE = /^\/attachments\/\d+\/$/;
const LINK = /^(?:https?:\/\/|\/(?![/\\]))/i;

/* Styles are read, and not obeyed: the policy of the page forbids them, and handlers, even where nothing is shown. */
function parsed(html) {
  const harmless = html
    .replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<[^<>]+>/g, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
  return new DOMParser().parseFromString(harmless, "text/html");
}

const styleOf = (element) => element.dataset.style ?? "";

function said(style, property) {
  return style.match(new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*(\\w+)`, "i"))?.[1].toLowerCase();
}

function renamed(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

function showMarks(body) {
  for (const element of body.querySelectorAll("b, i, span, font")) {
    const style = styleOf(element);
    const weight = said(style, "font-weight");
    if (element.localName === "b" && (weight === "normal" || weight === "400")) element.replaceWith(...element.childNodes);
    else if (/^(span|font)$/.test(element.localName)) {
      if (/^(bold|bolder|[6-9]00)$/.test(weight ?? "")) wrap(element, "strong");
      if (/^(italic|oblique)$/.test(said(style, "font-style") ?? "")) wrap(element, "em");
    }
  }
}

function wrap(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}

/* The marker that a paragraph was drawn with, taken out of it. */
function takeMarker(paragraph) {
  let marker = "";
  for (const span of [...paragraph.querySelectorAll("[data-style]")].filter((one) => MARKER.test(styleOf(one)))) {
    marker += span.textContent;
    span.remove();
  }
  return marker.replace(/[\s\u00a0]+/g, " ").trim();
}

/* Level and number of a paragraph that is an item; null where its marker has to stay in the text. */
function itemOf(paragraph, marker) {
  const found = styleOf(paragraph).match(MSO_LIST);
  if (!found || /^h\d$/.test(paragraph.localName)) return null;
  if (BULLET.test(marker) || (marker.length === 1 && marker > "\ue000" && marker < "\uf8ff")) return { level: +found[1], number: 0 };
  const number = marker.match(NUMBER);
  return number ? { level: +found[1], number: +number[1] } : null;
}

function typedItem(paragraph) {
  if (!OFFICE.test(paragraph.className) || !TYPED.test(paragraph.textContent)) return null;
  const walker = paragraph.ownerDocument.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const rest = node.data.replace(/^[\s\u00a0\u3000]*[·•●○■□◆◇▪▫◦➢]?[\s\u00a0\u3000]*/, "");
    node.data = rest;
    if (rest) break;
  }
  return { level: 1, number: 0 };
}

function makeLists(body) {
  let lists = [];
  let last = null;
  for (const paragraph of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const marker = takeMarker(paragraph);
    const item = itemOf(paragraph, marker) ?? (marker ? null : typedItem(paragraph));
    const follows = last && paragraph.previousElementSibling === last;
    if (!follows) lists = [];
    if (!item || !addItem(lists, item, paragraph)) {
      if (marker) paragraph.prepend(/[\x21-\x7e]$/.test(marker) ? `${marker} ` : marker);
      last = null;
      continue;
    }
    [last] = lists;
  }
}

function addItem(lists, item, paragraph) {
  const tag = item.number ? "ol" : "ul";
  const depth = Math.min(item.level, lists.length + 1);
  const open = lists.length >= depth && lists[depth - 1].localName === tag ? lists[depth - 1] : null;
  if (item.number && item.number !== (open ? open.children.length + 1 : 1)) return false;
  lists.length = open ? depth : depth - 1;
  if (!open) {
    const made = paragraph.ownerDocument.createElement(tag);
    if (depth > 1) lists[depth - 2].lastElementChild.append(made);
    else paragraph.before(made);
    lists.push(made);
  }
  const made = paragraph.ownerDocument.createElement("li");
  made.append(...paragraph.childNodes);
  lists[depth - 1].append(made);
  paragraph.remove();
  return true;
}

/* A list that does not begin with 1 is no list here: it would count anew. */
function writeNumbers(body) {
  for (const list of body.querySelectorAll("ol[start]")) {
    const start = +list.getAttribute("start");
    if (!start || start === 1) continue;
    list.replaceWith(...[...list.children].map((item, place) => {
      const made = list.ownerDocument.createElement("p");
      made.append(`${start + place}. `, ...item.childNodes);
      return made;
    }));
  }
}

/* Headings below that of the section. */
function lowerHeadings(body) {
  const headings = [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  const top = Math.min(...headings.map((heading) => +heading.localName[1]));
  headings.forEach((heading, place) => {
    const made = renamed(heading, place === 0 || +heading.localName[1] === top ? "h3" : "h4");
    made.querySelectorAll("strong, b").forEach((bold) => bold.replaceWith(...bold.childNodes));
  });
}

function dropTheRest(body) {
  body.querySelectorAll("script, style, title, meta, link, xml, svg, math, iframe, object, noscript, template").forEach((one) => one.remove());
  let lost = 0;
  for (const picture of body.querySelectorAll("img")) {
    const source = picture.getAttribute("src") ?? "";
    const path = source.startsWith(`${location.origin}/`) ? source.slice(location.origin.length) : source;
    if (PICTURE.test(path)) picture.setAttribute("src", path);
    else { picture.remove(); lost += 1; }
  }
  for (const link of body.querySelectorAll("a")) if (!LINK.test(link.getAttribute("href") ?? "")) link.replaceWith(...link.childNodes);
  for (const cell of body.querySelectorAll("thead td")) {
    const made = renamed(cell, "th");
    for (const name of ["colspan", "rowspan"]) if (cell.hasAttribute(name)) made.setAttribute(name, cell.getAttribute(name));
  }
  for (const element of body.querySelectorAll("*")) for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name);
  body.querySelectorAll("p").forEach((one) => { if (!one.textContent.trim() && !one.querySelector("img")) one.remove(); });
  return lost;
}

/* Returns the HTML as the editor takes it, and how many pictures were left behind. */
export function cleaned(html) {
  const { body } = parsed(html);
  makeLists(body);
  showMarks(body);
  writeNumbers(body);
  lowerHeadings(body);
  const lost = dropTheRest(body);
  return { html: body.innerHTML.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " "), lost };
}
