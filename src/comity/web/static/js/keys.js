// Shortcuts from the table that the server writes into the overlay (web/keys.py). Single keys count only while they
// are switched on and nobody is typing; none of them sends a form.
const WAIT = 1_500; // between the keys of a sequence

const typing = (element) => element.matches?.(
  "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit], [type=button])",
);
const visible = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;

export function startKeys() {
  const help = document.getElementById("keys");
  if (!help) return;
  const table = new Map();
  help.querySelectorAll("[data-does]").forEach(({ dataset: { keys, does } }) => {
    table.set(keys, table.has(keys) ? `${table.get(keys)} ${does}` : does);
  });
  const single = "single" in help.dataset;
  let before = "";
  let timer = 0;

  const moves = {
    help: () => help.showModal(),
    next: () => step(1),
    previous: () => step(-1),
    open: () => rows().find((row) => row === document.activeElement)?.click(),
  };

  const rows = () => [...document.querySelectorAll(".item, [data-row]")].filter(visible);

  function step(by) {
    const all = rows();
    const here = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
    const at = here < 0 ? all.findIndex((row) => row.hasAttribute("aria-current")) : here;
    const wanted = all[at < 0 && by < 0 ? all.length - 1 : Math.min(Math.max(at + by, 0), all.length - 1)];
    wanted?.focus();
    wanted?.scrollIntoView({ block: "nearest" });
  }

  function reach(name) {
    const found = [...document.querySelectorAll(`[data-shortcut~="${name}"]`)];
    const closed = found.map((element) => element.closest("details:not([open])")).find((one) => one && visible(one));
    const element = found.find(visible) ?? found.find((one) => closed?.contains(one));
    if (!element) return false;
    if (closed?.contains(element)) closed.open = true;
    if (element.matches("a[href]")) element.click();
    else if (element.matches("[type=radio]")) { element.focus(); element.click(); }
    else {
      if (element.matches("summary")) element.parentElement.open = true;
      else element.focus();
      element.scrollIntoView({ block: "nearest" });
    }
    return true;
  }

  const act = (does) => (moves[does] ? (moves[does](), true) : does.split(" ").some(reach));

  function close(event) {
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (typing(event.target)) event.target.blur();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || help.open) return;
    if (event.key === "Escape") return close(event);
    if (!single || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const keys = before ? `${before} ${event.key}` : event.key;
    clearTimeout(timer);
    before = [...table.keys()].some((known) => known.startsWith(`${keys} `)) ? keys : "";
    if (before) timer = setTimeout(() => { before = ""; }, WAIT);
    else if (table.has(keys) && act(table.get(keys))) event.preventDefault();
  });
}
