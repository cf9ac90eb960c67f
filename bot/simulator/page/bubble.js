/** One message as a bubble with its keyboard. A changed message is redrawn in place; what did not change stays. */
import { attachmentNode } from "./attachments.js";
import { directionOf, isMixed } from "./direction.js";
import { el, isolated } from "./dom.js";
import { textNodes } from "./entities.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { inlineKeyboardNode } from "./inline-keyboard.js";
import { summary } from "./summary.js";
import { clockTime, fullTime } from "./time.js";

/**
 * A message on the page. `actions` is what its parts may ask for: `fileAddress(fileId)`, `tap(message, row, column)`,
 * `command(text)`, `openLink(address)`, `edit(message)`, `reply(message)`, `nameOf(message)` for who wrote it; `direction` is that of a text without a strong letter.
 */
export class Bubble {
  #actions;
  #content = null;
  #keyboard = null;
  #drawn = { content: "", keyboard: "" };

  constructor(message, own, senderName, direction, actions) {
    this.own = own;
    this.senderName = senderName;
    this.direction = direction;
    this.#actions = actions;
    const album = message.media_group_id;
    this.node = el("article", {
      class: `message ${own ? "own" : "other"}${album ? " in-album" : ""}`,
      "data-message": message.message_id,
      "data-album": album,
    });
    this.update(message);
  }

  /** Draws the message's present state. */
  update(message) {
    this.message = message;
    const keyboard = JSON.stringify(message.reply_markup?.inline_keyboard ?? null);
    const content = JSON.stringify({ ...message, reply_markup: null });
    if (content !== this.#drawn.content) this.#drawContent();
    if (keyboard !== this.#drawn.keyboard) this.#drawKeyboard();
    this.#drawn = { content, keyboard };
  }

  #drawContent() {
    const next = isKnown(this.message) ? this.#bubble() : el("p", { class: "service" }, t("unsupportedMessage"));
    if (this.#content) this.#content.replaceWith(next);
    else this.node.prepend(next);
    this.#content = next;
  }

  #bubble() {
    const { message } = this;
    const attachment = attachmentNode(message, this.#actions.fileAddress);
    const text = message.text ?? message.caption ?? "";
    const sender = el("span", { class: "unseen" }, `${this.senderName}: `);
    const bubble = el("div", { class: "bubble" }, sender, this.#quote(), attachment);
    if (text) bubble.append(this.#textNode(text, message.entities ?? message.caption_entities ?? []));
    else bubble.append(this.#meta());
    bubble.classList.toggle("picture-only", Boolean(message.photo?.length) && !text);
    bubble.classList.toggle("has-picture", Boolean(message.photo?.length || message.video || message.location));
    if (this.own && message.text !== undefined) bubble.append(this.#sideButton("edit"));
    if (!this.own) bubble.append(this.#sideButton("reply"));
    return bubble;
  }

  /** What this message answers: a press leads there. */
  #quote() {
    const answered = this.message.reply_to_message;
    if (!answered) return null;
    const line = summary(answered);
    return el(
      "button",
      { type: "button", class: "quote", onclick: () => leadTo(answered.message_id) },
      el("strong", {}, isolated(this.#actions.nameOf(answered))),
      el("span", { dir: directionOf(line) ?? "auto" }, line),
    );
  }

  #textNode(text, entities) {
    const direction = directionOf(text, entities) ?? this.direction;
    const nodes = textNodes(text, entities, this.#actions.command);
    const look = isMixed(text, entities) ? "text mixed" : "text";
    return el("div", { class: look, dir: direction }, el("span", { class: "words" }, nodes), this.#meta());
  }

  #meta() {
    const { message } = this;
    // A bot rewrites its messages all the time; phones show the mark on people's messages only.
    const edited = this.own && message.edit_date ? el("span", { class: "edited" }, t("edited")) : null;
    const time = el(
      "time",
      { datetime: new Date(message.date * 1000).toISOString(), title: fullTime(message.date) },
      clockTime(message.date),
    );
    return el("span", { class: "meta", dir: "ltr" }, edited, time);
  }

  /** A button beside the bubble, "edit" or "reply". */
  #sideButton(act) {
    const label = { "aria-label": t(act), title: t(act) };
    const press = { type: "button", onclick: () => this.#actions[act](this.message) };
    return el("button", { ...press, class: `icon-button side-button ${act}-button`, ...label }, icon(act));
  }

  #drawKeyboard() {
    const { message } = this;
    const next = inlineKeyboardNode(message.reply_markup, {
      tap: (row, column) => this.#actions.tap(this.message, row, column),
      openLink: this.#actions.openLink,
    });
    const focused = this.#keyboard?.contains(document.activeElement) ? document.activeElement.dataset : null;
    this.#keyboard?.remove();
    if (next) this.node.append(next);
    this.#keyboard = next;
    this.node.classList.toggle("has-keyboard", next !== null);
    // The redrawn keyboard keeps the place of a reader who steps through it by keys.
    if (next && focused)
      next
        .querySelector(`[data-row="${focused.row}"][data-column="${focused.column}"]`)
        ?.focus({ preventScroll: true });
  }
}

function leadTo(messageId) {
  document.querySelector(`[data-message="${messageId}"]`)?.scrollIntoView({ block: "center" });
}

function isKnown(message) {
  return ["text", "photo", "voice", "audio", "video", "document", "location", "contact"].some(
    (kind) => message[kind] !== undefined,
  );
}
