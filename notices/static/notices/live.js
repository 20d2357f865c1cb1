// Looks every ten seconds, for three minutes, whether something has changed, shows it and says so once. Each change
// begins three minutes anew, unless all is well then: who has read what is wrong puts it right and sends again.
"use strict";

const EVERY = 10_000;
const LONG = 180_000;

const words = (part) => part.textContent.replace(/\s+/g, " ").trim();

let until = Date.now() + LONG;

// Puts what is told on the page that was fetched into this one; true where it says something else.
function swap(fetched) {
  let news = false;
  for (const shown of document.querySelectorAll("[data-live]")) {
    const found = fetched.getElementById(shown.id);
    if (found && words(found) !== words(shown)) {
      shown.replaceWith(document.adoptNode(found));
      news = true;
    }
  }
  const [stamp, newer] = [document, fetched].map((page) => page.getElementById("as-of"));
  if (stamp && newer) stamp.textContent = newer.textContent;
  return news;
}

function say() {
  const live = document.getElementById("live");
  live.replaceChildren(live.dataset.changed); // a new node: the same words a second time are news again
}

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
    if (answer.ok && swap(new DOMParser().parseFromString(await answer.text(), "text/html"))) {
      say();
      until = Date.now() + LONG;
    }
  } catch {
    // No network just now: the next look may have it.
  }
  if (Date.now() < until && !document.querySelector("#standing.good")) setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
