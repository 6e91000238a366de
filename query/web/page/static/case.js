// A case that was opened from a hit: the way back to that hit, and the reason of the search on paper. page.js ran before, and has put
// back what was typed.
const kept = (() => { try { return JSON.parse(sessionStorage.getItem("anvesh")) || {}; } catch { return {}; } })();
const back = document.getElementById("back");
if (back && kept.found) {
  back.hidden = false;
  if (kept.found.includes(`"${location.pathname}"`)) { // a hit's own, and none that is linked with it
    try { sessionStorage.setItem("anvesh", JSON.stringify({ ...kept, at: location.pathname })); } catch { /* full: the first hit opens */ }
  }
}
for (const reason of document.querySelectorAll("[data-reason]:empty")) reason.textContent = document.getElementById("reason").value || "–";
