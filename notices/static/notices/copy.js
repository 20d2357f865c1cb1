// Puts a button beside each value that is typed as it stands; what was copied is said once, also to who cannot see it.
"use strict";

const said = document.createElement("p");
said.className = "hidden";
said.setAttribute("role", "status");

function button(cell, words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "second copy";
  made.textContent = cell.dataset.copy;
  const name = cell.closest("tr").querySelector("th").textContent.trim();
  made.setAttribute("aria-label", `${cell.dataset.copy}: ${name} ${words}`);
  made.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words);
      said.textContent = `${cell.dataset.copied} ${words}`;
      made.textContent = `✓ ${cell.dataset.copy}`;
    } catch {
      made.remove(); // the browser does not allow it: then the value is typed
    }
  });
  return made;
}

if (navigator.clipboard) {
  document.getElementById("main").append(said);
  for (const cell of document.querySelectorAll("[data-copy]")) {
    cell.append(button(cell, cell.querySelector(".value").textContent.replace(/\s+/g, "")));
  }
}
