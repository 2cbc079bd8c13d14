// Keeps what is typed: on this device at once, with the marketplace after a second of rest and when the page goes.
// The key names the person, because a device may be shared; signing out empties the storage.
const REST = 1_000;

export function keepDraft({ form, text, fields, say }) {
  const place = form.dataset.draftKey ? `comity-draft:${form.dataset.draftKey}` : "";
  let dirty = false;
  let timer = 0;

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(place) || "null");
    } catch {
      return null; // storage is switched off, or holds something else
    }
  };
  const write = (value) => {
    if (!place) return;
    try {
      if (value) localStorage.setItem(place, JSON.stringify(value));
      else localStorage.removeItem(place);
    } catch {
      // a full or forbidden storage must not stop the writing
    }
  };

  async function save({ leaving = false } = {}) {
    clearTimeout(timer);
    if (!dirty || !form.dataset.draftUrl) return;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: fields(), keepalive: leaving });
      say(answer.ok ? "Draft saved" : "Draft kept on this device");
    } catch {
      dirty = true;
      say("Draft kept on this device");
    }
  }

  function changed() {
    dirty = true;
    write({ text: text.value, at: Date.now() / 1000 });
    clearTimeout(timer);
    timer = setTimeout(save, REST);
  }

  function restore() {
    const kept = place && read();
    if (!kept || text.value !== text.defaultValue) return false; // somebody was faster than this script
    const older = Number(form.dataset.savedAt || 0) >= kept.at;
    if (older || !kept.text || kept.text === text.value || form.querySelector("[aria-invalid], .found li")) return false;
    text.value = kept.text;
    say("Draft of this device restored");
    return true;
  }

  window.addEventListener("pagehide", () => save({ leaving: true }));
  const sent = () => {
    dirty = false;
    clearTimeout(timer);
    write(null); // what is sent is the marketplace's to show again or not
  };
  return { changed, restore, sent };
}
