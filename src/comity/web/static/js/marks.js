// Findings on screen: marks behind the draft and the numbered footnotes. Text goes in as text, never as markup.
// Offsets are UTF-16 units, as browsers count.

const stands = (finding) => finding.outcome === "block" || finding.outcome === "hold";

const EFFECTS = { // as in templatetags/comity.py
  deliver: "does not stop the message",
  warn: "asks you to read the note first",
  hold: "holds the message until a person has read it",
  block: "blocks the message",
};

function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

// What a rule says is marked with its language where the page has another.
function said(tag, text, { language }) {
  const element = make(tag, text);
  if (language && language !== document.documentElement.lang) element.lang = language;
  return element;
}

export function drawMarks(mirror, text, findings) {
  const edges = [...new Set([0, text.length, ...findings.flatMap((f) => [f.start16, f.end16])])].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const [start, end] = [edges[i], edges[i + 1]];
    const inside = findings.filter((f) => f.start16 <= start && end <= f.end16);
    const words = text.slice(start, end);
    if (!inside.length) pieces.push(words);
    else {
      const mark = make("mark", words, inside.some(stands) ? "" : "w");
      mark.dataset.numbers = inside.filter((f) => f.end16 === end).map((f) => findings.indexOf(f) + 1).join(" ");
      pieces.push(mark);
    }
  }
  mirror.replaceChildren(...pieces, "\u200b"); // the last sign gives a final empty line its height
  placeNumbers(mirror);
}

// Numbers hang over the ends of marks, outside the flow: inside it they would let lines break where the draft's do not.
export function placeNumbers(mirror) {
  mirror.querySelectorAll("sup").forEach((sup) => sup.remove());
  const base = mirror.getBoundingClientRect();
  const rtl = getComputedStyle(mirror).direction === "rtl";
  const numbers = [...mirror.querySelectorAll("mark")].filter((mark) => mark.dataset.numbers).map((mark) => {
    const last = [...mark.getClientRects()].at(-1);
    const sup = make("sup", mark.dataset.numbers, mark.className);
    if (!last) return sup;
    sup.style.left = `${(rtl ? last.left : last.right) - base.left}px`;
    sup.style.top = `${last.top - base.top}px`;
    return sup;
  });
  mirror.append(...numbers);
}

// What is left of the findings after an edit: those before it stay, those behind it move, those it touched go.
export function followEdit(findings, before, after) {
  let head = 0;
  const most = Math.min(before.length, after.length);
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const shift = after.length - before.length;
  return findings.flatMap((f) => {
    if (f.end16 <= head) return [f];
    if (f.start16 >= before.length - tail) return [{ ...f, start16: f.start16 + shift, end16: f.end16 + shift }];
    return [];
  });
}

// “Call me on”, “my number is”: what leads to words that go, and says nothing without them.
const LEAD_IN = new RegExp(
  String.raw`(^|[.!?\n]\s*|\s*[,;]\s*(?:(?:and|or|but|so)\s+)?|\s+(?:and|or|but|so)\s+)`
  + String.raw`(?:please\s+)?(?:you can\s+)?(?:`
  + String.raw`(?:my|our|the) (?:(?:phone|mobile|telephone|cell) )?(?:e-?mail )?(?:number|address|phone|mobile|e-?mail|mail) is`
  + String.raw`|(?:call|ring|phone|text|reach|contact|message|write|e-?mail|mail)(?: to)?(?: (?:me|us))?(?: (?:at|on|to|via|by|under))?`
  + String.raw`)\s*:?\s*$`, "i");

// Where to cut so that no lead-in is left behind: only where the words to remove end their clause.
export function cutOf(text, start, end) {
  const after = /^\s*([.!?,;]|\n|$)/.exec(text.slice(end));
  const lead = after && LEAD_IN.exec(text.slice(0, start));
  if (!lead) return [start, end];
  if (!lead[1] || /^[.!?\n]/.test(lead[1])) { // the whole sentence goes, with its full stop
    const rest = /^\s*[.!?,;]?[^\S\n]*/.exec(text.slice(end))[0].length;
    return [lead.index + lead[1].length, end + rest];
  }
  return [lead.index, end];
}

export function drawNotes(place, findings, { prefix, rulebookOn, mend }) {
  if (!findings.length) return place.replaceChildren();
  const list = make("ol", "", "notes");
  list.setAttribute("role", "list");
  findings.forEach((finding, index) => {
    const item = make("li", "", stands(finding) ? "" : "w");
    item.id = `${prefix}-${index + 1}`;
    const words = make("p");
    const more = make("span", "", "quiet");
    const rule = make("span", "Rule ", "nobr");
    rule.append(make("span", finding.rule, "code"));
    more.append(said("span", finding.advice, finding), " ", rule, `${rulebookOn ? ` (rulebook of ${rulebookOn})` : ""} ${EFFECTS[finding.outcome]}.`);
    words.append(finding.where ? `${finding.where}: ` : "", said("b", finding.reason, finding), " ", more);
    const button = make("button", finding.replacement ? `Write “${finding.replacement}”` : "Remove these words", "btn sm");
    button.type = "button";
    button.append(make("span", ` (finding ${index + 1})`, "vh"));
    button.addEventListener("click", () => mend(index));
    item.append(words);
    if (!finding.where) item.append(button); // what stands in a file is changed there
    list.append(item);
  });
  return place.replaceChildren(list);
}
