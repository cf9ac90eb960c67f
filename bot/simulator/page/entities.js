/**
 * Text with Bot API entities, as DOM nodes. Offsets count UTF-16 units, which is what JavaScript's strings count in.
 * Nothing is parsed as HTML, and no address leaves here but http, https and tg.
 */
import { directionOf } from "./direction.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

const SIMPLE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const ALLOWED = new Set(["http:", "https:", "tg:"]);

/** An address that may be followed, normalised; null for everything else (javascript:, data:, nonsense). */
export function safeAddress(address) {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(address);
  try {
    const url = new URL(hasScheme ? address : `https://${address}`);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * The nodes of a text. `onCommand(text)` is called when a command such as /help in it is pressed.
 * Entities that cross each other are cut at the border, as clients do.
 */
export function textNodes(text, entities = [], onCommand = () => {}) {
  const usable = entities
    .filter((e) => Number.isInteger(e.offset) && Number.isInteger(e.length) && e.length > 0 && e.offset < text.length)
    .map((e) => ({ ...e, start: Math.max(0, e.offset), end: Math.min(text.length, e.offset + e.length) }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return nodesBetween(text, 0, text.length, usable, onCommand);
}

function nodesBetween(text, start, end, entities, onCommand) {
  const nodes = [];
  const waiting = [...entities];
  let at = start;
  while (waiting.length > 0) {
    const entity = waiting.shift();
    if (entity.start >= end) break;
    if (entity.start > at) nodes.push(text.slice(at, entity.start));
    const inside = waiting.filter((other) => other.start < entity.end);
    const after = waiting.filter((other) => other.end > entity.end);
    const clipped = inside.map((other) => ({ ...other, end: Math.min(other.end, entity.end) }));
    const children = nodesBetween(text, entity.start, entity.end, clipped, onCommand);
    nodes.push(wrapped(entity, text.slice(entity.start, entity.end), children, onCommand));
    at = BLOCKS.has(entity.type) && text[entity.end] === "\n" ? entity.end + 1 : entity.end;
    const rest = after.map((other) => ({ ...other, start: Math.max(other.start, at) }));
    waiting.splice(0, waiting.length, ...rest.filter((other) => other.end > other.start));
  }
  if (at < end) nodes.push(text.slice(at, end));
  return withoutBreakBeforeBlocks(nodes);
}

/** A block brings its own line break; the one written before it would show as an empty line. */
function withoutBreakBeforeBlocks(nodes) {
  return nodes.map((node, index) => {
    const next = nodes[index + 1];
    const blockFollows = next instanceof Element && next.matches("blockquote, pre");
    return blockFollows && typeof node === "string" ? node.replace(/\n$/, "") : node;
  });
}

function wrapped(entity, text, children, onCommand) {
  if (entity.type === "italic" && directionOf(text) === "rtl") return el("em", { class: "upright" }, children);
  if (SIMPLE[entity.type]) return el(SIMPLE[entity.type], {}, children);
  switch (entity.type) {
    case "pre":
      return el("pre", { dir: "ltr" }, el("code", {}, children));
    case "blockquote":
    case "expandable_blockquote":
      return el("blockquote", {}, children);
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url ?? "", children);
    case "url":
      return link(text, children);
    case "bot_command":
      // A button is a bidi paragraph of its own: without a direction its slash would go to the far side in Arabic.
      return el(
        "button",
        { type: "button", class: "command-link", dir: "ltr", onclick: () => onCommand(text) },
        children,
      );
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span", { class: "mention" }, children);
    default:
      return el("span", {}, children);
  }
}

function link(address, children) {
  const href = safeAddress(address);
  if (!href) return el("span", {}, children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}

function spoiler(children) {
  const hidden = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler") });
  const content = el("span", { "aria-hidden": "true" }, children);
  const reveal = () => {
    hidden.replaceWith(el("span", { class: "spoiler-open" }, [...content.childNodes]));
  };
  hidden.addEventListener("click", reveal);
  hidden.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      reveal();
    }
  });
  hidden.append(content);
  return hidden;
}
