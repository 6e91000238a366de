// The page works without this script. With it an answer comes in place: the form is posted as before, and only the part that
// differs is sent. What was typed and found is kept in the tab (sessionStorage) and nowhere else, never in an address.
const $ = (id) => document.getElementById(id);
const main = $("main"), form = $("search"), live = $("live");
const wide = matchMedia("(min-width: 62rem)");
const kept = "anvesh";
const who = document.querySelector(".who span")?.textContent || "";

const lang = document.documentElement.lang;
const once = () => form.elements.once;
const typed = () => [...new FormData(form)].filter(([name]) => name !== "once");
const keep = (more) => {
  try { sessionStorage.setItem(kept, JSON.stringify({ ...read(), who, fields: typed(), once: once().value, ...more })); } catch { /* full, or not allowed: nothing is kept */ }
};
function read() {
  try { return JSON.parse(sessionStorage.getItem(kept)) || {}; } catch { return {}; }
}

// show puts a part of a page in place, and the reasons of the first hit beside the list where there is room.
function show(html, focus) {
  const part = new DOMParser().parseFromString(html, "text/html");
  const results = part.getElementById("results");
  if (!results) { // another page: the session has ended
    main.replaceChildren(...part.getElementById("main").childNodes);
    $("key")?.focus();
    return;
  }
  document.title = part.title || document.title;
  for (const id of ["understood", "results"]) $(id).replaceChildren(...part.getElementById(id).childNodes);
  const filters = part.getElementById("more"); // of the other kind; what both have stays
  if (filters?.dataset.kind && filters.dataset.kind !== form.elements.kind.value) {
    for (const id of ["station", "district"]) filters.querySelector("#" + id).closest(".field").replaceWith($(id).closest(".field"));
    $("more").replaceWith(filters);
    form.elements.kind.value = filters.dataset.kind;
  }
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const fault of form.querySelectorAll(".fault")) fault.remove();
  const fault = $("results").querySelector("[data-at]");
  const field = fault && $(fault.dataset.at);
  if (field) {
    const beside = document.createElement("p");
    beside.className = "fault"; beside.id = "fault"; beside.textContent = fault.textContent;
    field.after(beside);
    field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", "fault");
    const more = field.closest("details");
    if (more) more.open = true;
    field.focus();
    return;
  }
  const more = $("more"); // filters that hold nothing make room
  if (more) more.open = [...more.querySelectorAll("input, select")].some((field) => field.value);
  arrange();
  if (focus) {
    $("results").focus({ preventScroll: true });
    if (!wide.matches) $("results").scrollIntoView();
  }
}

function arrange() {
  if (!wide.matches || !$("results") || $("results").querySelector("details.hit[open]")) return;
  const first = [...$("results").querySelectorAll("details.hit")].find((hit) => !hit.closest("details.same:not([open]), details.weaker"));
  if (first) first.open = true;
}

const pause = (ms) => new Promise((done) => { const t = setTimeout(go, ms); addEventListener("online", go, { once: true }); function go() { clearTimeout(t); done(); } });

// ask posts a form under one mark for as long as the line is down: the service searches, charges and logs it once. What only shows
// in another way what was found keeps the mark.
const shows = ["page", "statement"];
let asking = 0;
async function ask(body) {
  const turn = ++asking;
  if (!shows.some((name) => body.has(name))) once().value = crypto.getRandomValues(new Uint32Array(4)).join("-");
  body.set("once", once().value);
  live.textContent = live.dataset.wait;
  for (let wait = 1000; turn === asking; wait = Math.min(2 * wait, 15000)) {
    try {
      const answer = await fetch("/", { method: "POST", body, headers: { "Anvesh-Part": "results" }, redirect: "error", signal: AbortSignal.timeout?.(30000) });
      const text = await answer.text();
      live.textContent = ""; live.className = "unseen";
      if (turn !== asking) return;
      if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(answer.status);
      show(text, true);
      keep({ found: answer.ok || answer.status === 404 ? text : "", lang, at: "", again: answer.status === 401 }); // after a new sign-in it is asked again
      return;
    } catch {
      live.textContent = live.dataset.lost; live.className = "lost";
      keep();
      await pause(wait);
    }
  }
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  keep();
  if (button && (["lang", "filters"].includes(button.name) || button.value === "file")) return; // another page, or none
  event.preventDefault();
  const body = new URLSearchParams(typed());
  if (button?.name) body.set(button.name, button.value);
  ask(body);
});
form?.addEventListener("input", () => keep());
form?.addEventListener("focusin", function first({ target }) { // names are suggested to whom types a station or a district
  if (target.id !== "station" && target.id !== "district") return;
  form.removeEventListener("focusin", first);
  import(form.dataset.suggest);
});
addEventListener("online", () => { if (live?.className === "lost") live.textContent = live.dataset.back; });
document.querySelector("form.who")?.addEventListener("submit", () => sessionStorage.removeItem(kept));

// What was typed and found comes back after a reload, a way back, or a new sign-in of the same person.
if (form) {
  const was = read();
  if (was.who && was.who !== who) sessionStorage.removeItem(kept);
  else if (was.fields && !$("q").value && (location.pathname !== "/" || !$("results").children.length)) {
    for (const [name, value] of was.fields) {
      const field = form.elements[name];
      if (field && field.type !== "hidden" && !field.value) field.value = value;
    }
    if (location.pathname === "/" && was.found) {
      once().value = was.once || "";
      if (was.lang === lang) show(was.found, false);
      else ask(new URLSearchParams([...was.fields, ["page", 1]])); // the same, in the other language
      const left = $("results").querySelector(`.hit [href="${was.at}"]`)?.closest(".hit"); // for the case view
      for (let d = left; d; d = d.parentElement.closest("details")) d.open = true;
      left?.firstChild.focus();
    }
    if (was.again) { keep({ again: false }); form.requestSubmit($("go")); }
  } else if (location.pathname === "/") keep({ lang, found: $("results").children.length ? document.documentElement.outerHTML : "" });
  arrange();
}

// Print: all hits, or the chosen one alone. What folds away on the screen stands on paper.
document.documentElement.classList.add("js");
document.addEventListener("click", (event) => {
  const what = event.target.closest?.("[data-print]")?.dataset.print;
  if (!what) return;
  document.documentElement.dataset.print = what;
  print();
});
const folded = () => main.querySelectorAll("details.weaker:not([open]), details.same:not([open])");
let unfolded = [];
addEventListener("beforeprint", () => { unfolded = [...folded()]; for (const d of unfolded) d.open = true; });
addEventListener("afterprint", () => { for (const d of unfolded) d.open = false; delete document.documentElement.dataset.print; });

// Keys: / to the box, arrows through the hits, Enter opens one, Esc back to the box.
document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  const inField = at?.matches("input, select, textarea");
  if (event.key === "/" && !inField && form) { event.preventDefault(); $("q").focus(); $("q").select(); return; }
  if (!form) return;
  if (event.key === "Escape") { const open = at?.closest(".detail"); if (open) open.parentElement.querySelector("summary").focus(); else { $("q").focus(); $("q").select(); } return; }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || inField && at.id !== "q" && at.id !== "reason" || at?.closest(".detail")) return;
  const rows = [...$("results").querySelectorAll("summary")].filter((row) => row.checkVisibility?.() ?? row.offsetParent);
  const next = rows[rows.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1)] || (event.key === "ArrowUp" ? $("q") : null);
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (wide.matches && next.parentElement.matches(".hit")) next.parentElement.open = true;
});
// Where a browser does not close the other hits by itself, this does.
main.addEventListener("toggle", (event) => {
  if (!event.target.open || !event.target.matches?.("details.hit")) return;
  for (const other of main.querySelectorAll("details.hit[open]")) if (other !== event.target) other.open = false;
}, true);
