// What is typed in a row ticks it, so that nothing that was typed is left behind. Scanners end with Enter, which goes on
// to the number of the next row and presses nothing.
const NUMBER = "[name$='-tracking']";

export function startTicks() {
  document.addEventListener("input", ({ target }) => {
    const box = target.closest("[data-ticks]")?.querySelector("[name=order]");
    if (box && target !== box && target.value.trim()) box.checked = true;
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-ticks]");
    if (event.key !== "Enter" || event.isComposing || !row || !event.target.matches(NUMBER)) return;
    event.preventDefault();
    const next = row.nextElementSibling?.querySelector(NUMBER);
    next?.focus();
    next?.select();
  });
}
