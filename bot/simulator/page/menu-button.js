/** A button that opens a small menu: arrow keys move, Escape closes, a press outside closes. */

export class MenuButton {
  #button;
  #menu;

  /** `actions` maps the `data-action` of the menu's items to what they do. */
  constructor(button, menu, actions) {
    this.#button = button;
    this.#menu = menu;
    button.setAttribute("aria-haspopup", "menu");
    button.addEventListener("click", () => this.#open(menu.hidden));
    menu.addEventListener("click", ({ target }) => {
      const action = actions[target.closest("[data-action]")?.dataset.action];
      if (!action) return;
      this.#open(false);
      button.focus();
      action();
    });
    menu.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", ({ target }) => {
      if (!menu.contains(target) && !button.contains(target)) this.#open(false);
    });
    this.#open(false);
  }

  #open(open) {
    this.#menu.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (open) this.#items()[0]?.focus();
  }

  #items() {
    return [...this.#menu.querySelectorAll("[role=menuitem]")].filter((item) => !item.hidden);
  }

  #key(event) {
    const items = this.#items();
    const at = items.indexOf(document.activeElement);
    if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      this.#open(false);
      this.#button.focus();
    } else return;
    event.preventDefault();
  }
}
