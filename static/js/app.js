// Small comforts; every page works without them.

const root = document.documentElement;

// A menu closes on Escape, on a click elsewhere, and when another opens.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Search: “/” goes there from anywhere but a field; arrows walk over what is found while typing.
const search = document.querySelector("[data-search]");
search?.addEventListener("toggle", () => search.open && search.querySelector("input").focus());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && !event.target.closest("input, textarea, select")) {
    const field = document.querySelector("[data-search-field] input") ?? search?.querySelector("input");
    if (!field) return;
    event.preventDefault();
    if (search?.contains(field)) search.open = true;
    field.select();
    return;
  }
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way || !search?.contains(event.target)) return;
  const stops = [...search.querySelectorAll("input, .search-found a")];
  const next = stops[stops.indexOf(event.target) + way];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// A search goes into the address, where an identity number has no place; the server refuses it too.
document.addEventListener("input", ({ target }) => {
  if (!target.matches("input[type=search]")) return;
  const isNumber = /^[1-9]\d{13,}/.test(target.value.replace(/[\s.\-/']/g, ""));
  target.setCustomValidity(isNumber ? document.body.dataset.noId ?? " " : "");
}, true);

// The theme changes at once; the server keeps it in a cookie.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const chosen = event.submitter.value;
  const data = new FormData(form, event.submitter);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  if (!answer.ok) return form.submit();
  if (chosen) root.dataset.theme = chosen;
  else delete root.dataset.theme;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
});

// A filter sends itself when a choice is made by mouse or finger. By keyboard every arrow is a change: there the
// button sends it.
let byPointer = false;
document.addEventListener("pointerdown", () => (byPointer = true), true);
document.addEventListener("keydown", () => (byPointer = false), true);
document.addEventListener("change", (event) => {
  // Some of its controls stand elsewhere on the page. Columns are chosen together and sent by their button.
  const { form, name } = event.target;
  if (!form?.matches("[data-autosubmit]") || !byPointer || name === "columns") return;
  if (event.target.matches("select, input[type=date], input[type=checkbox], input[type=radio]")) form.requestSubmit();
});
// What is empty or chosen anyway stays out of the address, so that it can be passed on.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-autosubmit]")) return;
  const { formData } = event;
  const columns = formData.getAll("columns").join(",");
  if (columns) formData.set("columns", columns);
  for (const [name, value] of [...formData]) {
    const control = event.target.elements[name];
    const first = control?.dataset ? control : control?.[0];
    if (value === "" || value === first?.closest("[data-default]")?.dataset.default) formData.delete(name);
  }
});

// Typed and not yet saved: the browser asks before it leaves.
const touched = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) touched.add(form);
});
document.addEventListener("submit", (event) => touched.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  for (const form of touched) if (form.isConnected) event.preventDefault();
});

// A form that is kept while it is typed says so: not yet, kept, or no network; kept is nothing to warn about.
const said = () => document.getElementById("saved-state");
document.addEventListener("input", (event) => {
  const state = event.target.closest("form[data-autosave]") && said();
  if (state) state.textContent = state.dataset.unsaved;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-autosave]");
  if (!form) return;
  // Photos are sent by the person's own save.
  const photos = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
  if (event.detail.successful && !photos) touched.delete(form);
  if (!event.detail.successful && said()) said().textContent = said().dataset.offline;
});
window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-autosave]")) if (touched.has(form)) form.dispatchEvent(new Event("change", { bubbles: true }));
});

// Copy and dismiss are hidden until they can work.
function prepare(part) {
  for (const button of part.querySelectorAll("[data-copy], [data-dismiss], [data-print]")) button.hidden = false;
  for (const map of part.querySelectorAll("[data-tilemap]")) onlyOneStop(map);
}
document.addEventListener("click", async (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(".alert").remove();
  if (event.target.closest("[data-print]")) print();
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).innerText.trim());
  const done = copy.dataset.done;
  if (done) copy.textContent = done;
});

// The map is one stop of the tabulator; arrows walk over it.
function links(map) {
  return [...map.querySelectorAll("li > a")];
}
function onlyOneStop(map, stop) {
  const all = links(map);
  const kept = stop ?? map.querySelector("a[aria-current]") ?? all[0];
  for (const link of all) link.tabIndex = link === kept ? 0 : -1;
}
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
document.addEventListener("keydown", (event) => {
  const map = event.target.closest?.("[data-tilemap]");
  const step = STEPS[event.key];
  if (!map || !step || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const here = event.target.closest("li");
  const next = nearest(map, here, step);
  if (!next) return;
  onlyOneStop(map, next);
  next.focus();
});
// The next tile in that direction, the straightest first: gaps of the map are jumped over.
function nearest(map, here, [dx, dy]) {
  const col = Number(here.dataset.col);
  const row = Number(here.dataset.row);
  let best = null;
  let least = Infinity;
  for (const link of links(map)) {
    const { dataset } = link.parentElement;
    const across = Number(dataset.col) - col;
    const down = Number(dataset.row) - row;
    const ahead = across * dx + down * dy;
    if (ahead <= 0) continue;
    const aside = Math.abs(dx ? down : across);
    const cost = ahead + 3 * aside;
    if (cost < least) [best, least] = [link, cost];
  }
  return best;
}

// A list that was replaced says how many rows it has; turning a page begins at its top.
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, requestConfig } = event.detail;
  const said = document.getElementById(`${elt.id}-said`);
  if (!said) return;
  said.textContent = elt.querySelector("[data-said]")?.textContent ?? "";
  if (requestConfig?.elt.closest("[data-turns]")) elt.focus({ preventScroll: true });
});

// What htmx put beside the map: mark its tile, and bring it into view on a narrow screen.
document.addEventListener("htmx:afterSwap", (event) => {
  prepare(event.detail.target);
  const link = event.detail.requestConfig?.elt;
  const map = link?.closest?.("[data-tilemap]");
  if (!map) return;
  for (const other of links(map)) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  onlyOneStop(map, link);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  event.detail.target.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
});

// A whole month of the collection grid at once; without JavaScript each box is ticked by itself.
for (const place of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...place.closest("table").querySelectorAll(`tbody td:nth-child(${Number(place.dataset.tickAll) + 1}) input[name="paid"]`)];
  if (!boxes.length) continue;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", place.dataset.label);
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  place.append(all);
}

// Where a row of tabs is wider than the screen, the current one is in view.
for (const current of document.querySelectorAll(".tabs a[aria-current]")) {
  const row = current.closest(".tabs");
  row.scrollLeft += current.getBoundingClientRect().right - row.getBoundingClientRect().right + 24;
}

document.querySelector("[data-focus]")?.focus();
prepare(document);
