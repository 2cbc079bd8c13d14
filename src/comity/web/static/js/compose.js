// The composer: marks while typing, a send button that says why it waits, a draft that is not lost.
// Without this file the form posts, and the same findings come back with the page.
import { startAttaching } from "./attach.js";
import { keepDraft } from "./drafts.js";
import { cutOf, drawMarks, drawNotes, followEdit, placeNumbers } from "./marks.js";
import { startSaved } from "./saved.js";

const PAUSE = 350;
// As the server writes numbers for this reader.
const written = (number) => number.toLocaleString(document.querySelector("[data-locale]")?.dataset.locale ?? "en");
const count = (number, word) => `${written(number)} ${word}${number === 1 ? "" : "s"}`;

class Composer {
  constructor(form) {
    this.form = form;
    this.text = form.elements.text;
    [this.mirror, this.found, this.why, this.counter, this.saved, this.confirm] = [
      ".mirror", ".found", "[data-why]", "[data-count]", "[data-saved]", "[data-confirm]",
    ].map((selector) => form.querySelector(selector));
    this.button = form.querySelector(".acts [type=submit]");
    this.tick = this.confirm.querySelector("input");
    this.next = this.why.querySelector("b") ? "" : this.why.textContent;
    this.limit = Number(form.dataset.limit);
    this.findings = [];
    this.checked = null; // the text that the findings are about
    this.composing = false;
    this.draft = keepDraft({
      form, text: this.text, fields: () => this.fields(), say: (words) => { this.saved.textContent = words; },
    });
    this.files = startAttaching(form, { changed: () => this.explain() });
    this.listen();
    form.classList.add("live");
    new ResizeObserver(() => placeNumbers(this.mirror)).observe(this.mirror);
    this.draft.restore();
    this.before = this.text.value;
    if (this.text.defaultValue) sessionStorage.removeItem(this.place()); // what the server gave back was not sent
    this.draw();
    if (this.text.value.trim()) this.check();
  }

  listen() {
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("compositionstart", () => { this.composing = true; });
    this.text.addEventListener("compositionend", () => { this.composing = false; this.typed(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) this.form.requestSubmit();
    });
    [...this.form.elements].filter((field) => field.matches("select, [type=radio]")).forEach((field) =>
      field.addEventListener("change", () => { this.draft.changed(); this.later(0); }));
    this.tick.addEventListener("change", () => this.explain());
    this.form.addEventListener("submit", (event) => this.send(event));
    window.addEventListener("pageshow", (event) => this.back(event.persisted));
  }

  // Everything in the form but the token of this sending and the confirmation.
  fields() {
    const data = new FormData(this.form);
    data.delete("files"); // they are checked when the message is sent
    const fields = new URLSearchParams(data);
    ["key", "confirmed"].forEach((name) => fields.delete(name));
    return fields;
  }

  typed() {
    const now = this.text.value;
    if (!this.before.trim()) this.look();
    this.findings = followEdit(this.findings, this.before, now);
    this.before = now;
    this.unconfirm();
    this.draw();
    this.draft.changed();
    if (!this.composing) this.later(PAUSE);
  }

  // Whoever begins to write has seen what stands there now, also what came since the page was made.
  look() {
    const seen = this.form.elements.seen;
    const newest = document.querySelector("[data-seen]");
    if (seen && newest) seen.value = newest.dataset.seen;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), pause);
  }

  async check() {
    if (!this.form.dataset.checkUrl) return;
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const asked = this.text.value;
    try {
      if (!asked.trim()) return this.take({ findings: [] }, asked);
      const answer = await fetch(this.form.dataset.checkUrl, { method: "POST", body: this.fields(), signal: asking.signal });
      if (answer.ok) this.take(await answer.json(), asked);
    } catch {
      // Aborted by newer words, or no way to the server: it checks again when the message is sent.
    }
    return undefined;
  }

  take(answer, asked) {
    if (asked !== this.text.value || this.composing) return;
    this.findings = answer.findings;
    this.rulebookOn = answer.rulebook_on;
    this.checked = asked;
    const ask = answer.outcome === "warn" && answer.input;
    if (ask && this.tick.value !== answer.input) this.tick.checked = false;
    this.tick.value = ask ? answer.input : "";
    this.tick.disabled = !ask;
    this.confirm.hidden = !ask;
    this.draw();
  }

  unconfirm() {
    this.tick.checked = false;
    this.tick.disabled = true;
    this.confirm.hidden = true;
  }

  draw() {
    drawMarks(this.mirror, this.text.value, this.findings);
    const shown = JSON.stringify([this.findings.map((f) => [f.rule, f.reason, f.outcome, f.replacement]), this.rulebookOn]);
    if (shown !== this.shown && (this.findings.length || this.checked !== null)) {
      drawNotes(this.found, this.findings, { prefix: this.form.id, rulebookOn: this.rulebookOn, mend: (index) => this.mend(this.findings[index]) });
      this.shown = shown;
    }
    this.explain();
  }

  // Why sending waits; an empty text when it does not.
  waits() {
    const over = [...this.text.value].length - this.limit;
    if (over > 0) return `${count(over, "character")} too many.`;
    const blocks = this.findings.filter((f) => f.outcome === "block").length;
    if (blocks) return `${count(blocks, "thing")} to change before you can ${this.why.dataset.verb}.`;
    const files = this.files.waits();
    if (files) return files;
    if (this.twice && this.twice === this.text.value) return "You have sent these words already. Change them to send more.";
    return !this.tick.disabled && !this.tick.checked ? "Tick that you have read the note first." : "";
  }

  explain() {
    const waits = this.waits();
    const held = this.findings.some((f) => f.outcome === "hold");
    const words = waits || (held ? "A person reads it before it is delivered." : this.next);
    if (this.why.textContent !== words) this.why.replaceChildren(waits ? Object.assign(document.createElement("b"), { textContent: words }) : words);
    if (waits) this.button.setAttribute("aria-disabled", "true");
    else this.button.removeAttribute("aria-disabled");
    const length = [...this.text.value].length;
    this.counter.textContent = `${written(length)} of ${count(this.limit, "character")}`;
    this.counter.classList.toggle("alert", length > this.limit);
  }

  // A finding's words replaced in a way that the browser's own undo takes back.
  mend({ start16, end16, replacement: words = "" }) {
    const [start, end] = words ? [start16, end16] : cutOf(this.text.value, start16, end16);
    this.text.focus();
    this.text.setSelectionRange(start, end);
    if (!document.execCommand(words ? "insertText" : "delete", false, words)) {
      this.text.setRangeText(words, start, end, "end");
      this.typed();
    }
  }

  // Words put in where the cursor is, in a way that the browser's own undo takes back.
  put(words, start = this.text.selectionStart, end = this.text.selectionEnd) {
    this.text.focus();
    this.text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) {
      this.text.setRangeText(words, start, end, "end");
      this.typed();
    }
  }

  send(event) {
    if (this.sent) return event.preventDefault();
    const { submitter } = event; // taking a message back, or a file out: what is typed goes along
    if (submitter?.hasAttribute("formaction") || submitter?.name === "remove") {
      this.sent = true;
      this.draft.sent();
      return undefined;
    }
    if (this.waits()) {
      event.preventDefault();
      const first = this.findings.find((f) => f.outcome === "block");
      this.text.focus();
      if (first) this.text.setSelectionRange(first.start16, first.end16);
      return undefined;
    }
    this.sent = true;
    this.draft.sent();
    sessionStorage.setItem(this.place(), this.text.value);
    this.button.setAttribute("aria-busy", "true");
    return undefined;
  }

  // The browser's Back brings the page, what was typed with it, and also words that have been sent from here.
  back(kept) {
    this.sent = false;
    this.button.removeAttribute("aria-busy");
    const returned = kept || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    this.twice = returned && this.text.value && this.text.value === sessionStorage.getItem(this.place()) ? this.text.value : "";
    if (this.text.value === this.before) return this.explain();
    this.before = this.text.value;
    this.draw();
    return this.check();
  }

  place() {
    return `comity-sent:${this.form.dataset.draftKey ?? this.form.action}`;
  }
}

export function startComposers() {
  document.querySelectorAll("form[data-compose]").forEach((form) => startSaved(new Composer(form)));
}
