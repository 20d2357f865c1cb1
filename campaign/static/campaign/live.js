// Keeps the numbers of an open page fresh. Without this script the page is the same, only not by itself.
"use strict";

const EVERY = 15000; // milliseconds

function inUse(part) {
  // What somebody is reading with the keyboard or has unfolded must not move under them.
  return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

async function renew() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const names = (root) => [...root.querySelectorAll("[data-live]")].map((part) => part.dataset.live).join();
    if (names(fresh) !== names(document)) {
      location.reload(); // the page has other parts now, such as its first numbers
      return;
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!inUse(part) && part.innerHTML !== other.innerHTML) part.innerHTML = other.innerHTML;
    }
  } catch {
    // The server is away for a moment; the next try comes by itself.
  }
}

setInterval(renew, EVERY);
