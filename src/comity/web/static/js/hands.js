// What somebody has in hand while parts of the page are replaced: a press that is not over, and the focus.
const LATE = 400; // milliseconds: the click of a tap may come after the finger has left

let pressed; // what lies under the pointer, or has the space bar down on it, until its click was handled
let waiting;
let timer;

function over() {
  const next = waiting;
  [pressed, waiting] = [undefined, undefined];
  next?.();
}

const soon = (pause) => { clearTimeout(timer); timer = setTimeout(over, pause); };

export function followPresses() {
  const on = (name, act) => window.addEventListener(name, act, { capture: true, passive: true });
  const press = ({ target }) => { clearTimeout(timer); [pressed, timer] = [target, undefined]; };
  on("pointerdown", (event) => { if (event.button === 0) press(event); });
  on("keydown", (event) => { if (event.key === " ") press(event); });
  ["pointerup", "keyup"].forEach((name) => on(name, () => { if (pressed) soon(LATE); }));
  on("pointermove", ({ buttons }) => { if (pressed && !timer && !buttons) soon(LATE); }); // let go on a scrollbar
  ["click", "pointercancel"].forEach((name) => on(name, () => { if (pressed) soon(0); }));
}

export const isPressed = (element) => Boolean(pressed && element.contains(pressed));

// Calls `then` when the press is over. One can wait: the last.
export const afterPress = (then) => { waiting = then; };

// The same control is the one that does the same, wherever it stands now; links may lead to one place twice.
function sameAs(control) {
  const doing = (one) => [one.id, one.getAttribute("href"), one.name, one.value, one.form?.getAttribute("action"),
    one.getAttribute("aria-label"), one.matches("button, summary") && one.textContent.trim()].join("\n");
  const [tag, wanted] = [control.localName, doing(control)];
  return (place) => {
    const found = [...place.querySelectorAll(tag)].filter((one) => doing(one) === wanted && (one.checkVisibility?.() ?? true));
    return tag === "a" || found.length === 1 ? found[0] : undefined;
  };
}

// Asked before `element` gets other content: gives the focus back to the control that had it.
export function keepFocus(element) {
  const focused = document.activeElement;
  if (focused === element || !element.contains(focused)) return () => {};
  const same = sameAs(focused);
  return () => same(element)?.focus({ preventScroll: true });
}
