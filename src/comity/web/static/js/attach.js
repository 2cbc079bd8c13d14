// The files of a message: what was chosen is listed with its size, and what is too much is said before it is sent.
const size = (bytes) => (bytes < 1e6 ? `${Math.max(Math.floor(bytes / 1000), 1)} kB` : `${(bytes / 1e6).toFixed(1).replace(".0", "")} MB`);

function tooMuch(place, files) {
  const [room, one, left] = [Number(place.dataset.room), Number(place.dataset.bytes), Number(place.dataset.bytesLeft)];
  const large = files.find((file) => file.size > one);
  if (large) return `${large.name} has ${size(large.size)}; up to ${size(one)} can be sent.`;
  if (files.length > room) return `These are ${files.length} files; ${room} more can be sent with this message.`;
  const all = files.reduce((sum, file) => sum + file.size, 0);
  return all > left ? `Together they have ${size(all)}; there is room for ${size(left)}.` : "";
}

export function startAttaching(form, { changed }) {
  const place = form.querySelector("[data-attach]");
  const field = place?.querySelector("[type=file]");
  if (!field) return { waits: () => "" };
  const [list, warning] = [place.querySelector("[data-chosen]"), place.querySelector("[data-too-much]")];
  const draw = () => {
    const files = [...field.files];
    list.replaceChildren(...files.map((file) => {
      const item = document.createElement("li");
      const name = Object.assign(document.createElement("bdi"), { textContent: file.name });
      const about = Object.assign(document.createElement("span"), { className: "quiet", textContent: ` ${size(file.size)}` });
      item.append(name, about);
      return item;
    }));
    list.hidden = !files.length;
    const words = tooMuch(place, files);
    warning.querySelector("span").textContent = words;
    warning.hidden = !words;
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    changed();
  };
  field.addEventListener("change", draw);
  return { waits: () => (tooMuch(place, [...field.files]) ? "Choose other files, or none, before you send." : "") };
}
