"use strict";

// Theme: the system's, until the button chooses the other one.
const root = document.documentElement;
document.getElementById("theme").addEventListener("click", () => {
  const dark = getComputedStyle(root).colorScheme.trim() === "dark";
  root.dataset.theme = dark ? "light" : "dark";
});
