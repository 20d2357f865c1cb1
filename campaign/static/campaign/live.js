// Keeps the numbers of an open page fresh. Without this script the page is the same, only not by itself.
//
// Parts marked data-live are renewed from the page itself, or from the address that an element
// marked data-live-from names; there data-live-every says how many milliseconds later to look again.
"use strict";

const EVERY = 15000; // milliseconds
const root = document.querySelector("[data-live-from]");
const source = root ? root.dataset.liveFrom : location.href;
const counting = new WeakMap(); // since when an element counts down
let timer = null;

function every(place) {
  const marked = place.querySelector("[data-live-every]");
  return marked ? Number(marked.dataset.liveEvery) : EVERY;
}

function parts(place) {
  return [...place.querySelectorAll("[data-live]")];
}

function inUse(part) {
  // What somebody is reading with the keyboard or has unfolded must not move under them.
  const rows = "liveRows" in part.dataset && part.matches(":hover");
  return rows || part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

function typing() {
  const field = document.activeElement;
  return field !== null && field.matches("input:not([type=hidden]), textarea, select") && field.value !== "";
}

function pointed() {
  return document.querySelector("main :is(a, button, input, label, tr, summary):hover") !== null;
}

function swap(part, content) {
  const before = part.innerHTML;
  const height = part.offsetHeight;
  part.innerHTML = content;
  countDown();
  // Nothing that the pointer is on may slide away below it: what changes its size waits.
  if (part.offsetHeight !== height && pointed()) part.innerHTML = before;
}

function show(fresh) {
  const names = (place) => parts(place).map((part) => part.dataset.live).sort().join();
  if (names(fresh) !== names(document)) {
    if (!typing()) location.reload(); // the page has other parts now, such as its first numbers
    return;
  }
  for (const part of parts(document)) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!inUse(part) && part.innerHTML !== other.innerHTML) swap(part, other.innerHTML);
  }
}

async function renew() {
  clearTimeout(timer);
  let next = every(document);
  try {
    if (!document.hidden) {
      const answer = await fetch(source, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        next = every(fresh);
        show(fresh);
      }
    }
  } catch {
    // The server is away for a moment; the next try comes by itself.
  }
  clearTimeout(timer);
  timer = setTimeout(renew, next);
}

function countDown() {
  for (const element of document.querySelectorAll("[data-seconds-left]")) {
    // The seconds are the server's; only how many have passed is ours to say.
    if (!counting.has(element)) counting.set(element, Date.now());
    const left = Number(element.dataset.secondsLeft) - Math.round((Date.now() - counting.get(element)) / 1000);
    if (left > 0) {
      element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    } else if (element.textContent !== "0:00") {
      element.textContent = "0:00";
      renew(); // whether it is over, the server says
    }
  }
}

timer = setTimeout(renew, every(document));
setInterval(countDown, 1000);
countDown();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) renew();
});
