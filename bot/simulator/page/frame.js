/** What stands around the messages: the bot's name and state, the start card, and the right foot for the moment. */
import { byId, el } from "./dom.js";
import { directionOf } from "./direction.js";
import { t } from "./i18n.js";
import { MenuButton } from "./menu-button.js";

export class Frame {
  #state = byId("bot-state");

  /** `actions` says what to do: `start()`, `restart()`, `block()`, `unblock()`. */
  constructor(actions) {
    byId("start").addEventListener("click", actions.start);
    byId("blocked-unblock").addEventListener("click", actions.unblock);
    new MenuButton(byId("more"), byId("more-menu"), actions);
    byId("bot-avatar").append(botSign());
    byId("start-avatar").append(botSign());
  }

  /** Shows who the bot is, in the language of the resident's phone. */
  describe({ bot, description, short_description: short }) {
    write(byId("bot-name"), bot.first_name);
    write(byId("start-name"), bot.first_name);
    write(byId("start-short"), short);
    write(byId("start-description"), description);
    byId("start-about").hidden = !description;
  }

  /** Shows the line below the bot's name: "connecting", "typing", or what it is. */
  state(state, resident, bot) {
    this.#state.classList.toggle("is-typing", state === "typing");
    if (state === "typing") this.#state.replaceChildren(t("typing"), typingDots());
    else if (state === "connecting") this.#state.replaceChildren(t("connecting"));
    else this.#state.replaceChildren(`${t("bot")} · @${bot.username}`);
    byId("chat").setAttribute(
      "aria-label",
      t("yourChat", { name: resident.first_name, bot: byId("bot-name").textContent }),
    );
  }

  /** Shows the foot that fits: "start", "blocked", "writing" or "none"; the card of an empty chat is `empty`. */
  foot(kind, empty) {
    byId("start-bar").hidden = kind !== "start";
    byId("blocked-bar").hidden = kind !== "blocked";
    byId("composer").hidden = kind !== "writing";
    byId("start-card").hidden = !empty;
    byId("block").hidden = kind === "blocked";
    byId("unblock").hidden = kind !== "blocked";
  }
}

function write(element, text) {
  element.textContent = text;
  element.dir = directionOf(text) ?? "auto";
}

function botSign() {
  return el(
    "span",
    { class: "avatar colour-bot", "aria-hidden": "true" },
    el("img", { src: new URL("icon.svg", import.meta.url).href, alt: "" }),
  );
}

function typingDots() {
  return el("span", { class: "typing-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}
