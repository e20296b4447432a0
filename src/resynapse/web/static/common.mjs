// What every page has: the theme switch, and where its pictures turn narrow.

/** Whether a window is too narrow for pictures with all their words. */
export const narrow = (width = innerWidth) => width < 960;

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

const button = document.getElementById("theme");

function show() {
  button?.setAttribute("aria-pressed", String(isDark()));
  document.dispatchEvent(new Event("themechange"));
}

button?.addEventListener("click", () => {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    // kept for this page only
  }
  show();
});
dark.addEventListener("change", show);
show();
