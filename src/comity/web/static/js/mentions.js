// Names of colleagues to press instead of typing them; without this script one types “@” and the name.
export function startMentions() {
  document.querySelectorAll("[data-mentions]").forEach((names) => {
    const note = names.closest("form").querySelector("textarea");
    names.hidden = false;
    names.addEventListener("click", (event) => {
      const name = event.target.closest("[data-mention]")?.dataset.mention;
      if (!name) return;
      const before = note.value.slice(0, note.selectionStart);
      const gap = before && !/\s$/.test(before) ? " " : "";
      note.setRangeText(`${gap}@${name} `, note.selectionStart, note.selectionEnd, "end");
      note.focus();
    });
  });
}
