/**
 * The keyboard a bot puts in place of the letters: below the writing line, foldable, gone when the bot takes it away.
 */
import { byId, el } from "./dom.js";
import { directionOf } from "./direction.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/**
 * What the messages so far say about the keyboard: `{keyboard, placeholder, forceReply, used}`; `keyboard` is the
 * markup or null. Only the newest message of the bot that says anything counts. `used` is true once the resident has
 * written after a keyboard that is meant for one time.
 */
export function keyboardState(messages, ownId) {
  let written = false;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const { from, reply_keyboard: markup } = messages[index];
    if (from?.id === ownId) written = true;
    else if (markup?.keyboard) {
      return {
        keyboard: markup,
        placeholder: markup.input_field_placeholder,
        forceReply: null,
        used: Boolean(markup.one_time_keyboard) && written,
      };
    } else if (markup?.force_reply) {
      const forceReply = written ? null : messages[index].message_id;
      return {
        keyboard: null,
        placeholder: written ? undefined : markup.input_field_placeholder,
        forceReply,
        used: false,
      };
    } else if (markup?.remove_keyboard) break;
  }
  return { keyboard: null, placeholder: undefined, forceReply: null, used: false };
}

export class ReplyKeyboard {
  #panel = byId("reply-keyboard");
  #toggle = byId("keyboard-toggle");
  #press;
  #drawn = null;

  /** `press(button)` is called with the Bot API's KeyboardButton. */
  constructor(press) {
    this.#press = press;
    this.#toggle.addEventListener("click", () => this.#open(this.#panel.hidden));
  }

  /** Shows what `keyboardState` found for a chat. A keyboard that is already shown is left as the reader folded it. */
  show({ resident }, { keyboard, used }) {
    const drawn = JSON.stringify([resident.id, keyboard, used]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#toggle.hidden = keyboard === null;
    const rows = keyboard?.keyboard ?? [];
    this.#panel.replaceChildren(
      ...rows.map((row) =>
        el(
          "div",
          { class: "keyboard-row" },
          row.map((button) => this.#button(button)),
        ),
      ),
    );
    this.#panel.classList.toggle("fitted", Boolean(keyboard?.resize_keyboard));
    this.#open(keyboard !== null && !used);
  }

  #open(open) {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    const label = t(open ? "hideKeyboard" : "showKeyboard");
    this.#toggle.setAttribute("aria-label", label);
    this.#toggle.title = label;
  }

  #button(button) {
    const given = typeof button === "string" ? { text: button } : button;
    const sign = given.request_location ? icon("pin") : given.request_contact ? icon("contact") : null;
    const label = el("span", { class: "button-label", dir: directionOf(given.text) ?? "auto" }, given.text);
    return el("button", { type: "button", class: "keyboard-button", onclick: () => this.#press(given) }, sign, label);
  }
}
