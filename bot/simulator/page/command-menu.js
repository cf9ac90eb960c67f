/**
 * The list of the bot's commands: opened by its button or by writing "/", moved through by arrow keys, sent by Enter.
 */
import { byId, el, isolated } from "./dom.js";
import { directionOf } from "./direction.js";

export class CommandMenu {
  #panel = byId("command-menu");
  #button = byId("commands-button");
  #input = byId("input");
  #send;
  #commands = [];
  #chosen = -1;

  /** `send(text)` sends a command such as "/help". */
  constructor(send) {
    this.#send = send;
    this.#button.addEventListener("click", () => {
      if (this.#panel.hidden) this.#open(this.#commands, -1);
      else this.close();
      this.#input.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.#panel.contains(event.target) && !this.#button.contains(event.target)) this.close();
    });
  }

  /** The commands as the Bot API gives them: `[{command, description}]`. */
  set commands(commands) {
    this.#commands = commands;
    this.#button.hidden = commands.length === 0;
    if (commands.length === 0) this.close();
  }

  /** The written text has changed: "/" and the beginning of a command open the list. */
  written(text) {
    if (!/^\/\w*$/.test(text)) return this.close();
    const fitting = this.#commands.filter(({ command }) => `/${command}`.startsWith(text.toLowerCase()));
    return fitting.length > 0 ? this.#open(fitting, 0) : this.close();
  }

  /** A key was pressed in the writing line; true where the list has used it. */
  key(event) {
    if (this.#panel.hidden) return false;
    const options = [...this.#panel.children];
    if (event.key === "ArrowDown") this.#choose((this.#chosen + 1) % options.length);
    else if (event.key === "ArrowUp") this.#choose((Math.max(this.#chosen, 0) - 1 + options.length) % options.length);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.#chosen >= 0)
      options[this.#chosen].click();
    else return false;
    event.preventDefault();
    return true;
  }

  close() {
    this.#panel.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
    this.#chosen = -1;
  }

  #open(commands, chosen) {
    this.#panel.replaceChildren(...commands.map((command, index) => this.#option(command, index)));
    this.#panel.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#choose(chosen);
  }

  #option({ command, description }, index) {
    const words = el("span", { class: "command-words", dir: directionOf(description) ?? "auto" }, description);
    const option = el("div", { class: "command", role: "option", id: `command-${index}`, "aria-selected": "false" });
    option.append(el("span", { class: "command-name" }, isolated(`/${command}`)), words);
    option.addEventListener("click", () => {
      this.close();
      this.#send(`/${command}`);
    });
    return option;
  }

  #choose(index) {
    this.#chosen = index;
    [...this.#panel.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return this.#input.removeAttribute("aria-activedescendant");
    this.#input.setAttribute("aria-activedescendant", `command-${index}`);
    return this.#panel.children[index]?.scrollIntoView({ block: "nearest" });
  }
}
