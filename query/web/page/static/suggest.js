// Names of stations and districts while one is typed: asked for by its first two letters, in whose script they come, kept, and left out where
// the line is down. All districts stand there before anything is typed.
const had = new Map();
const everyStation = /^(p\.?s\.?|police station|थाना|पुलिस (थाना|स्टेशन))\s+/i; // by which none is asked for
async function names(kind, begins) {
  const at = `/units/${kind}?lang=${document.documentElement.lang}&begins=${encodeURIComponent(begins)}`;
  if (!had.has(at)) had.set(at, fetch(at).then((answer) => answer.json()));
  try { return await had.get(at); } catch (lost) { had.delete(at); throw lost; }
}
for (const kind of ["station", "district"]) {
  const field = document.getElementById(kind);
  if (!field) continue;
  const list = document.createElement("datalist");
  list.id = `${kind}-names`;
  field.after(list);
  field.setAttribute("list", list.id);
  const fill = async () => {
    const letters = [...field.value.trim().replace(everyStation, "").toLowerCase()].slice(0, 2);
    const begins = letters.length < 2 ? "" : letters.join("");
    if (kind === "station" && !begins || list.dataset.for === begins) return;
    try {
      list.replaceChildren(...(await names(`${kind}s`, begins)).map((name) => new Option(name, name)));
      list.dataset.for = begins;
    } catch { /* the field takes what is typed */ }
  };
  field.addEventListener("input", fill);
  fill();
}
