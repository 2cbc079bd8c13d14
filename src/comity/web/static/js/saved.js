// Saved replies in the composer: a list that filters, and names typed after a slash. Without this file each is a
// button that posts the form and comes back with the text in it.
const TYPED = /(?:^|\s)\/([\p{L}\p{N}-]*)$/u;

export function startSaved(composer) {
  const picker = composer.form.querySelector("[data-picker]");
  if (!picker) return;
  const filter = picker.querySelector("[data-filter]");
  const items = [...picker.querySelectorAll("[data-name]")];
  if (filter) filter.hidden = false;

  const fits = (name) => (item) => item.dataset.name.includes(name.toLowerCase());
  const show = (name) => {
    items.forEach((item) => { item.hidden = !fits(name)(item); });
    const none = picker.querySelector("[data-none]");
    if (none) none.hidden = items.some((item) => !item.hidden);
  };

  async function insert(id, start, end) {
    const fields = new FormData(composer.form);
    fields.set("saved", id);
    picker.open = false;
    try {
      const answer = await fetch(picker.dataset.picker, {
        method: "POST", body: new URLSearchParams([...fields].filter(([, value]) => typeof value === "string")), headers: { Accept: "application/json" },
      });
      if (answer.ok) composer.put((await answer.json()).text, start, end);
    } catch {
      composer.saved.textContent = "No connection: the saved reply could not be inserted.";
    }
  }

  picker.addEventListener("click", (event) => {
    const button = event.target.closest(".insert");
    if (!button) return;
    event.preventDefault();
    const [start, end] = typedName() ?? [];
    insert(button.value, start, end);
  });

  // Where a slash and the beginning of a name stand before the cursor.
  function typedName() {
    const at = composer.text.selectionStart;
    const found = TYPED.exec(composer.text.value.slice(0, at));
    return found && [at - found[1].length - 1, at, found[1]];
  }

  const open = () => picker.open && typedName();
  const visible = () => items.filter((item) => !item.hidden);
  let chosen = 0;
  const mark = (index) => {
    const all = visible();
    chosen = all.length ? (index + all.length) % all.length : 0;
    items.forEach((item) => item.classList.toggle("on", item === all[chosen]));
    all[chosen]?.scrollIntoView({ block: "nearest" });
  };

  composer.text.addEventListener("input", () => {
    const typed = typedName();
    if (!typed || !items.some(fits(typed[2]))) {
      if (picker.dataset.typing) { picker.open = false; delete picker.dataset.typing; }
      return;
    }
    picker.dataset.typing = "yes";
    if (filter) filter.hidden = true; // the message itself is what one types in
    picker.open = true;
    show(typed[2]);
    mark(0);
  });
  composer.text.addEventListener("keydown", (event) => {
    if (!open() || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(chosen + step);
    else if (event.key === "Escape") picker.open = false;
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
      const [start, end] = typedName();
      insert(visible()[chosen].querySelector(".insert").value, start, end);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  filter?.addEventListener("input", () => show(filter.value.trim().replace(/^\//, "")));
  filter?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    visible()[0]?.querySelector(".insert").click();
  });
  picker.addEventListener("toggle", () => {
    if (!picker.open) delete picker.dataset.typing;
    if (!picker.open || picker.dataset.typing) return;
    if (filter) filter.hidden = false;
    show("");
    items.forEach((item) => item.classList.remove("on"));
    filter?.focus();
  });
}
