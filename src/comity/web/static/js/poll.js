// Follows what changes while somebody looks. A page asks whether anything of its reader's has moved: soon after it
// did, then ever more seldom; or `comity live` tells it at once. Only then it fetches, as its reader, what is marked
// data-live, and new messages by htmx. Nothing jumps: what is in use (a field, ticks, selected words) waits for a press;
// what is being pressed for the end of it; and the focus stays where it was.
import { afterPress, followPresses, isPressed, keepFocus } from "./hands.js";

const SOON = 5_000;
const SELDOM = 20_000;
const SLOWER = 1.5;
const RARELY = 120_000; // while the stream is open, or the server is away
const COLLEAGUES = 30_000; // who else is writing is no event: asked for now and then
const AGAIN = 100;

class Live {
  constructor(bar) {
    this.bar = bar;
    [this.said, this.button] = [bar.querySelector("[role=status]"), bar.querySelector("button")];
    this.wait = SOON;
    this.after = "";
    this.button.addEventListener("click", () => { this.place(this.kept, { now: true }); this.button.hidden = true; });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.soon()));
    window.addEventListener("pagehide", () => this.rest());
    this.ask();
    setInterval(() => { if (!document.hidden) talk("[data-poll][data-seen]"); }, COLLEAGUES);
  }

  rest() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  soon() {
    this.wait = SOON;
    this.ask();
  }

  later() {
    clearTimeout(this.timer);
    if (document.hidden || this.over) return;
    const pause = this.source?.readyState === EventSource.OPEN ? RARELY : this.wait;
    this.timer = setTimeout(() => this.ask(), pause * (0.8 + 0.4 * Math.random()));
  }

  async ask() {
    clearTimeout(this.timer);
    if (this.asking || document.hidden) return;
    this.asking = true;
    try {
      const question = new URLSearchParams({ ticket: this.bar.dataset.ticket, after: this.after });
      const answer = await fetch(`${this.bar.dataset.ask}?${question}`);
      if (answer.status === 204) this.wait = Math.min(this.wait * SLOWER, SELDOM);
      else if (answer.status === 403) await this.fetchLists(window.location.href); // a new ticket
      else if (answer.ok) await this.take(await answer.json());
      else this.wait = RARELY;
    } catch {
      this.wait = RARELY; // no way to the server; the next look at the page asks again
    }
    this.asking = false;
    this.listen();
    this.later();
  }

  // The stream only wakes; it is opened again when the page is looked at again.
  listen() {
    const { stream, ticket } = this.bar.dataset;
    if (!stream || this.source || document.hidden || this.over || this.after === "") return;
    this.source = new EventSource(`${stream}?${new URLSearchParams({ ticket, after: this.after })}`);
    this.source.addEventListener("changed", (event) => this.take(JSON.parse(event.data)).then(() => this.later()));
    this.source.addEventListener("over", () => { this.rest(); this.fetchLists(window.location.href).then(() => this.ask()); });
    this.source.onerror = () => {
      this.rest(); // back to asking; the next answer tries the stream again
      this.wait = SOON;
      this.later();
    };
  }

  async take({ changed, after }) {
    this.after = after;
    if (!changed.length) return;
    this.wait = SOON;
    if (changed.includes("talk")) talk();
    if (changed.includes("list")) await this.fetchLists();
  }

  async fetchLists(from = this.bar.dataset.src || window.location.href) {
    const answer = await fetch(from, { headers: { "X-Live": "1" } });
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const bar = fresh && fresh.getElementById("live");
    if (!bar) { // signed out, or the seat is gone
      this.over = true;
      this.said.textContent = "This page no longer follows what changes. Load it again.";
      return;
    }
    // Another page's ticket is for its own channels only.
    if (from === window.location.href) this.bar.dataset.ticket = bar.dataset.ticket;
    this.place(fresh);
  }

  place(fresh, { now = false } = {}) {
    const waiting = [...document.querySelectorAll("[data-live][id]")].filter((old) => {
      const next = fresh.getElementById(old.id);
      if (!next || contentOf(old) === contentOf(next)) return false;
      if (isPressed(old)) { afterPress(() => this.place(this.kept)); return false; }
      if (!now && isInUse(old)) return true;
      swap(old, next);
      if (old.id !== "nav") this.said.textContent = "The list was brought up to date.";
      return false;
    });
    this.kept = fresh;
    this.button.hidden = !waiting.length;
  }
}

// Asks for new messages. Asked while an answer is under way, htmx would lose it with the element that the answer takes
// away; and what an answer has just brought it does not know at once.
let again;
function talk(selector = "[data-poll]") {
  document.querySelectorAll(selector).forEach((poller) => {
    if (!poller.matches(".htmx-request, .htmx-added")) return window.htmx?.trigger(poller, "poll");
    clearTimeout(again);
    again = setTimeout(talk, AGAIN);
    return undefined;
  });
}

// What differs at every answer, such as the token of a form, is no change.
function contentOf(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("[name=csrfmiddlewaretoken], [name=key]").forEach((field) => field.remove());
  copy.querySelectorAll("[aria-current=true]").forEach((link) => link.removeAttribute("aria-current"));
  copy.querySelectorAll("[data-due]").forEach((ring) => ring.replaceChildren(ring.dataset.due));
  return new XMLSerializer().serializeToString(copy);
}

// A message that appears above the field must not push it away from whoever writes there.
function keepComposer() {
  const top = () => document.getElementById("write")?.getBoundingClientRect().top;
  let before;
  document.addEventListener("htmx:beforeSwap", () => { before = top(); });
  document.addEventListener("htmx:afterSwap", () => {
    if (before < window.innerHeight) window.scrollBy({ top: top() - before, behavior: "instant" });
  });
}

// The server cannot read any more from where a page asks on, and has it load itself: not under somebody's hands, and not
// over a note or files that no draft keeps. Whoever rests, or saves what they typed, has the page anew.
function holdReload() {
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Refresh") !== "true") return;
    const typed = [...document.querySelectorAll("textarea:not(.draft), input[type=file]")].some((field) => field.value !== field.defaultValue);
    if (!typed && !document.activeElement?.matches("input, select, textarea")) return;
    event.preventDefault();
    Object.assign(event.target, { role: "status", className: "small warn" });
    event.target.textContent = "New messages do not appear here now. Load the page again when you have saved what you typed.";
  });
}

function isInUse(element) {
  const selection = document.getSelection();
  const reads = selection && !selection.isCollapsed && element.contains(selection.anchorNode);
  const writes = element.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  return Boolean(reads || writes || element.querySelector("input:checked:not([type=hidden]), details[open]"));
}

// In place, keeping where one has scrolled to, what has the focus and which conversation is open. Of what is kept for a
// press nothing is used up.
function swap(old, next) {
  const places = [...old.querySelectorAll(".scroll")].map((one) => one.scrollTop);
  const open = old.querySelector("a[aria-current=true]")?.getAttribute("href");
  const focusAgain = keepFocus(old);
  old.replaceChildren(...next.cloneNode(true).childNodes);
  const link = [...old.querySelectorAll("a")].find((one) => one.getAttribute("href") === open);
  if (open) link?.setAttribute("aria-current", "true");
  old.querySelectorAll(".scroll").forEach((one, index) => { one.scrollTop = places[index] ?? 0; });
  focusAgain();
  window.htmx?.process(old);
}

export function startPolling() {
  followPresses();
  keepComposer();
  holdReload();
  const bar = document.getElementById("live");
  if (bar) return new Live(bar);
  if (document.querySelector("[data-poll]")) { // a page without a ticket asks for messages alone
    setInterval(() => { if (!document.hidden) talk(); }, SELDOM);
  }
  return undefined;
}
