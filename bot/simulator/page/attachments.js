/** What a message carries besides text: picture, voice, sound, film, document, location, contact. No map service is asked. */
import { directionOf } from "./direction.js";
import { openPicture } from "./lightbox.js";
import { el, isolated, svg } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { duration } from "./time.js";

/**
 * The node of a message's attachment, or null. `fileAddress(fileId)` gives the address a file is read from.
 */
export function attachmentNode(message, fileAddress) {
  if (message.photo?.length) return pictureNode(message, fileAddress);
  if (message.voice) return soundNode(message.voice, fileAddress, t("voice"));
  if (message.audio) return soundNode(message.audio, fileAddress, soundName(message.audio));
  if (message.video) return filmNode(message, fileAddress);
  if (message.document) return documentNode(message.document, fileAddress);
  if (message.location) return locationNode(message.location, message.venue);
  if (message.contact) return contactNode(message.contact);
  return null;
}

function pictureNode(message, fileAddress) {
  const largest = message.photo.reduce((best, size) =>
    size.width * size.height > best.width * best.height ? size : best,
  );
  const address = fileAddress(largest.file_id);
  const alternative = message.caption ?? t("picture");
  const image = el("img", {
    src: address,
    alt: alternative,
    width: largest.width,
    height: largest.height,
    decoding: "async",
  });
  return el(
    "button",
    {
      type: "button",
      class: "picture",
      "aria-label": `${t("enlarge")}: ${alternative}`,
      onclick: () => openPicture(address, alternative),
    },
    image,
  );
}

/** What a sound is called: who plays what, or its file. */
function soundName({ performer, title, file_name: file }) {
  return [performer, title].filter(Boolean).join(" – ") || file || t("sound");
}

function filmNode({ video, caption }, fileAddress) {
  return el("video", {
    class: "film",
    src: fileAddress(video.file_id),
    controls: true,
    preload: "metadata",
    playsinline: true,
    width: video.width || 320,
    height: video.height || 180,
    "aria-label": caption ?? t("video"),
  });
}

function soundNode(sound, fileAddress, name) {
  const audio = new Audio();
  audio.preload = sound.duration ? "none" : "metadata";
  audio.src = fileAddress(sound.file_id);
  const bar = el("progress", { class: "sound-bar", max: "1", value: "0", "aria-hidden": "true" });
  const clock = el("span", { class: "sound-time" }, duration(sound.duration));
  const button = el(
    "button",
    { type: "button", class: "round-button sound-play", "aria-label": `${t("play")}: ${name}` },
    icon("play"),
  );
  const show = (playing) => {
    button.replaceChildren(icon(playing ? "pause" : "play"));
    button.setAttribute("aria-label", `${t(playing ? "pause" : "play")}: ${name}`);
  };
  button.addEventListener("click", () => {
    if (!audio.paused) audio.pause();
    else audio.play().catch(() => show(false));
  });
  audio.addEventListener("play", () => show(true));
  audio.addEventListener("pause", () => show(false));
  audio.addEventListener("ended", () => {
    bar.value = 0;
    clock.textContent = duration(sound.duration);
  });
  audio.addEventListener("loadedmetadata", () => {
    if (audio.paused) clock.textContent = duration(sound.duration || audio.duration);
  });
  audio.addEventListener("timeupdate", () => {
    const length = Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : sound.duration || 1;
    bar.value = Math.min(1, audio.currentTime / length);
    clock.textContent = duration(audio.currentTime);
  });
  return el("div", { class: "sound" }, button, el("div", { class: "sound-middle" }, bar, clock));
}

function documentNode(file, fileAddress) {
  const name = file.file_name ?? t("document");
  return el(
    "a",
    { class: "file-card", href: fileAddress(file.file_id), download: name, rel: "noopener noreferrer" },
    el("span", { class: "card-sign" }, icon("document")),
    el("span", { class: "card-lines" }, el("strong", {}, isolated(name)), el("span", {}, sizeWords(file.file_size))),
  );
}

function sizeWords(bytes) {
  if (!Number.isFinite(bytes)) return t("document");
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A place on the map; a venue has a name and an address of its own. */
function locationNode({ latitude, longitude }, venue) {
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const [name, where] = venue ? [venue.title, venue.address] : [t("location"), place];
  return el(
    "div",
    { class: "location-card", role: "img", "aria-label": `${name}: ${where}` },
    mapDrawing(latitude, longitude),
    el(
      "div",
      { class: "location-line", "aria-hidden": "true" },
      el("strong", { dir: directionOf(name) ?? "auto" }, name),
      el("span", { dir: venue ? (directionOf(where) ?? "auto") : "ltr" }, where),
    ),
  );
}

/**
 * A drawn piece of town that stands for a map; its streets shift a little with the place, so that two places differ.
 */
function mapDrawing(latitude, longitude) {
  const shift = (value, span) => Math.abs(Math.round(value * 1000)) % span;
  const [x, y] = [shift(longitude, 60), shift(latitude, 40)];
  const street = (d, name) => svg("path", { d, class: name });
  return svg(
    "svg",
    {
      viewBox: "0 0 280 140",
      class: "map",
      "aria-hidden": "true",
      focusable: "false",
      preserveAspectRatio: "xMidYMid slice",
    },
    svg("rect", { width: 280, height: 140, class: "map-ground" }),
    svg("rect", { x: 170 + (x % 30), y: 12, width: 84, height: 48, rx: 10, class: "map-park" }),
    street(`M-10 ${118 - y / 2}C60 ${96 - y / 2} 120 ${128 - y / 3} 290 ${92 - y / 2}`, "map-water"),
    street(`M${20 + x} -10L${48 + x} 150`, "map-street"),
    street(`M${110 + x} -10L${126 + x} 150`, "map-street"),
    street(`M-10 ${28 + y}L290 ${46 + y}`, "map-street map-wide"),
    street(`M-10 ${80 + y / 2}L290 ${70 + y}`, "map-street"),
    svg("ellipse", { cx: 140, cy: 84, rx: 9, ry: 3.5, class: "map-shadow" }),
    svg("path", { d: "M140 84s-17-17-17-32a17 17 0 0 1 34 0c0 15-17 32-17 32z", class: "map-pin" }),
    svg("circle", { cx: 140, cy: 52, r: 6, class: "map-pin-eye" }),
  );
}

function contactNode(contact) {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ") || t("contact");
  return el(
    "div",
    { class: "file-card" },
    el("span", { class: "card-sign" }, icon("contact")),
    el(
      "span",
      { class: "card-lines" },
      el("strong", {}, isolated(name)),
      el("span", { dir: "ltr" }, contact.phone_number ?? ""),
    ),
  );
}
