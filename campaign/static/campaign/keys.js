// Single keys, as the list in the page says. This file is only loaded while they are turned on; as a module it
// shares no name with the scripts of the pages.
const PAUSE = 1500; // milliseconds between two keys that belong together
const dialog = document.querySelector("#keys");
const rows = [...dialog.querySelectorAll("[data-keys]")];
const links = new Map(rows.map((row) => [row.dataset.keys, row.querySelector("a")]));
let begun = "";
let timer = null;

function writing(target) {
  // In these a letter is a letter; a select jumps to what begins with it.
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
}

function inList(step) {
  const people = [...document.querySelectorAll("table.list tbody th a")].filter((link) => link.offsetParent);
  const here = people.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = people[here < 0 ? 0 : here + step];
  if (next) next.focus();
}

function press(keys) {
  if (keys === "?") dialog.showModal();
  else if (keys === "n") inList(1);
  else if (keys === "p") inList(-1);
  else if (links.get(keys)) links.get(keys).click();
  else reach(document.querySelector(`[data-key="${keys}"]`));
}

function reach(element) {
  if (element === null) return;
  if (element.matches("a")) element.click();
  else element.focus();
  if (element.matches("input[type=search]")) element.select();
}

function heard(event) {
  const other = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat;
  if (other || event.defaultPrevented || event.key.length !== 1 || dialog.open || writing(event.target)) return;
  clearTimeout(timer);
  const both = `${begun} ${event.key}`;
  const keys = begun && links.has(both) ? both : event.key;
  begun = [...links.keys()].some((known) => known.startsWith(`${keys} `)) ? keys : "";
  if (begun) timer = setTimeout(() => { begun = ""; }, PAUSE);
  else if (links.has(keys)) {
    event.preventDefault(); // or "/" would be written into the field, and Firefox would search the page
    press(keys);
  }
}

document.addEventListener("keydown", heard);
