// Looks every ten seconds, for three minutes, whether the standing has changed, shows it and says so once.
"use strict";

const EVERY = 10_000;
const UNTIL = Date.now() + 180_000;

const words = (part) => part.textContent.replace(/\s+/g, " ").trim();

async function look() {
  const shown = document.getElementById("standing");
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
    if (answer.ok) {
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("standing");
      if (found && words(found) !== words(shown)) {
        shown.replaceWith(document.adoptNode(found));
        const live = document.getElementById("live");
        live.textContent = live.dataset.changed;
        return;
      }
    }
  } catch {
    // No network just now: the next look may have it.
  }
  if (Date.now() < UNTIL) setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
