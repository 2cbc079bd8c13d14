// Lets deadlines move on: the words and the ring that the server wrote, worked out again every minute.
const RING = 31.42;
const NEARLY = 1 / 6;

export function spanWords(seconds) {
  const whole = Math.trunc(Math.abs(seconds));
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  if (whole < 60) return "less than a minute";
  if (hours === 0) return `${minutes} min`;
  if (hours < 10) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return hours < 48 ? `${hours} h` : `${Math.trunc(hours / 24)} days`;
}

// Over is another shape, not only another colour.
function showOver(picture) {
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${new URL("../icons.svg", import.meta.url)}#i-warn`);
  picture.setAttribute("class", "i");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.replaceChildren(use);
}

function move(element, now) {
  const due = Number(element.dataset.due);
  const started = Number(element.dataset.started);
  const left = due - now;
  element.querySelector(".togo").textContent = `${spanWords(left)} ${left > 0 ? "left" : "over"}`;
  element.classList.toggle("late", left <= 0);
  element.classList.toggle("soon", left > 0 && started > 0 && left <= (due - started) * NEARLY);
  const arc = element.querySelector(".ring :last-child");
  if (!arc) return undefined;
  if (left <= 0) return showOver(element.querySelector("svg"));
  const share = started ? Math.min(1, Math.max(0, left / (due - started))) : 0;
  return arc.setAttribute("stroke-dasharray", `${(share * RING).toFixed(1)} 32`);
}

export function startClock() {
  // The reader's clock may be wrong: only its progress counts, from the moment that the server wrote.
  const served = Number(document.documentElement.dataset.now) || Date.now() / 1000;
  const opened = performance.now();
  const tick = () => {
    const now = served + (performance.now() - opened) / 1000;
    document.querySelectorAll("[data-due]").forEach((element) => move(element, now));
  };
  setInterval(tick, 60_000);
}
