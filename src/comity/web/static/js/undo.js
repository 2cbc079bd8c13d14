// How long a sent message can still be taken back, counted down in the button; at the end the button goes. The
// server decides: whoever presses too late is told so.
export function startUndo() {
  const served = Number(document.documentElement.dataset.now) || Date.now() / 1000;
  const opened = performance.now();
  setInterval(() => {
    const now = served + (performance.now() - opened) / 1000;
    document.querySelectorAll("[data-undo-until]").forEach((button) => {
      const left = Math.ceil(Number(button.dataset.undoUntil) - now);
      const words = button.firstChild;
      if (left > 0) words.data = `Undo (${left} s)`;
      else if (button !== document.activeElement) button.replaceWith("It is on its way.");
    });
  }, 1_000);
}
