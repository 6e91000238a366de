// The page works without this script. With it, an answer comes in place: the form is posted as before, and only the
// part that differs is taken over.
"use strict";

const main = document.getElementById("main");

// take replaces what is shown by the main part of an answered page.
function take(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("results");
  const shown = document.getElementById("results");
  if (!fresh || !shown) {
    main.replaceChildren(...page.getElementById("main").childNodes);
    return;
  }
  document.title = page.title;
  shown.replaceChildren(...fresh.childNodes);
  const problem = shown.querySelector(".problem");
  const field = problem && document.getElementById(problem.dataset.field || "");
  if (field) {
    field.setAttribute("aria-invalid", "true");
    const more = field.closest("details");
    if (more) more.open = true;
    field.focus();
    return;
  }
  shown.focus({ preventScroll: true });
  shown.scrollIntoView({ block: "nearest" });
}

// tell shows that nothing came back.
function tell(text) {
  const note = document.createElement("div");
  note.className = "problem";
  note.setAttribute("role", "alert");
  note.textContent = text;
  document.getElementById("results").replaceChildren(note);
}

main.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id !== "search") return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  try {
    const answer = await fetch("/", { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
    const type = answer.headers.get("Content-Type") || "";
    if (type.startsWith("text/html")) take(await answer.text());
    else tell((await answer.json()).error.message);
  } catch {
    tell("The service could not be reached; nothing was searched. सेवा से संपर्क नहीं हो सका।");
  } finally {
    button.disabled = false;
  }
});
