// Asks for newer messages every 5 seconds, only while somebody looks; htmx does the asking and the placing.
const EVERY = 5_000;

export function startPolling() {
  const ask = () => {
    if (document.hidden || !window.htmx) return;
    document.querySelectorAll("[data-poll]").forEach((element) => window.htmx.trigger(element, "poll"));
  };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
