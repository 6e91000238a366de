// The views that are no search work without this script. With it a list that is dropped anywhere on the page is taken, and the progress
// of a list comes in place.
const put = document.getElementById("put");
if (put) {
  const file = put.querySelector("input[type=file]");
  addEventListener("dragover", (event) => { event.preventDefault(); put.classList.add("over"); });
  addEventListener("dragleave", () => put.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    put.classList.remove("over");
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });
}

let wait = 700;
async function look() {
  try {
    const answer = await fetch(location.href, { headers: { "Anvesh-Part": "desk" }, redirect: "error", signal: AbortSignal.timeout?.(20000) });
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("desk");
    if (!part) { location.reload(); return; }
    document.getElementById("desk").replaceWith(part);
    wait = 700;
  } catch { wait = Math.min(2 * wait, 10000); } // the line is down: it is tried again
  if (document.getElementById("desk").dataset.again) setTimeout(look, wait);
}
if (document.getElementById("desk")?.dataset.again) setTimeout(look, wait);
