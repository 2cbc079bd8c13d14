// What is typed in a row ticks it, so that nothing that was typed is left behind.
export function startTicks() {
  document.addEventListener("input", ({ target }) => {
    const box = target.closest("[data-ticks]")?.querySelector("[name=order]");
    if (box && target !== box && target.value.trim()) box.checked = true;
  });
}
