/** The residents as tabs: who they are, what was written last, how much of it is unread. */
import { byId, el, isolated } from "./dom.js";
import { directionOf } from "./direction.js";
import { languageName, t } from "./i18n.js";
import { summary } from "./summary.js";
import { listTime } from "./time.js";

const COLOURS = 6;

export class Residents {
  #list = byId("residents");
  #tabs = new Map();
  #chosen = null;
  #select;

  /** `select(resident)` is called when another resident's tab is chosen. */
  constructor(select) {
    this.#select = select;
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    const wide = matchMedia("(min-width: 60rem)");
    const orient = () => this.#list.setAttribute("aria-orientation", wide.matches ? "vertical" : "horizontal");
    wide.addEventListener("change", orient);
    orient();
  }

  /** Adds a resident `{id, first_name, language_code}` at the end. */
  add(resident) {
    if (this.#tabs.has(resident.id)) return;
    const parts = {
      last: el("span", { class: "tab-last", dir: "auto" }, t("noMessages")),
      time: el("span", { class: "tab-time" }),
      badge: el("span", { class: "badge", hidden: true }),
    };
    const node = el(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        id: `resident-${resident.id}`,
        "aria-controls": "chat",
        "aria-selected": "false",
        tabindex: "-1",
      },
      avatar(resident),
      el(
        "span",
        { class: "tab-lines" },
        el(
          "span",
          { class: "tab-line" },
          el("strong", { class: "tab-name" }, isolated(resident.first_name)),
          languageSign(resident),
          parts.time,
        ),
        el("span", { class: "tab-line tab-second" }, parts.last),
      ),
      parts.badge,
    );
    node.addEventListener("click", () => this.#select(resident));
    this.#tabs.set(resident.id, { node, resident, ...parts });
    this.#list.append(node);
  }

  /** Marks this resident's tab as the open one. */
  choose(id) {
    for (const [other, { node }] of this.#tabs) {
      node.setAttribute("aria-selected", String(other === id));
      node.tabIndex = other === id ? 0 : -1;
    }
    this.#chosen = this.#tabs.get(id).node;
    this.#chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Shows what was written last in this resident's chat, and the number of unread messages. */
  show(id, lastMessage, unread) {
    const tab = this.#tabs.get(id);
    if (!tab) return;
    const line = lastMessage ? summary(lastMessage) : t("noMessages");
    tab.last.textContent = line;
    tab.last.dir = directionOf(line) ?? "auto";
    tab.time.textContent = lastMessage ? listTime(lastMessage.date) : "";
    if (tab.unread === unread) return;
    tab.unread = unread;
    const figure = el("span", { "aria-hidden": "true" }, unread > 99 ? "99+" : String(unread));
    const words = el("span", { class: "unseen" }, t("unread", { n: unread }));
    this.#keepingInView(() => {
      tab.badge.hidden = unread === 0;
      tab.badge.replaceChildren(figure, words);
    });
  }

  /** A mark makes its tab wider; the chosen tab is not to be pushed away by that. */
  #keepingInView(change) {
    const before = this.#chosen?.getBoundingClientRect().left;
    change();
    if (before !== undefined) this.#list.scrollLeft += this.#chosen.getBoundingClientRect().left - before;
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = [...this.#tabs.values()];
    const at = all.findIndex(({ node }) => node === document.activeElement);
    if (at < 0) return;
    const next =
      event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step && (at + step + all.length) % all.length;
    if (next === undefined) return;
    event.preventDefault();
    all[next].node.focus();
    this.#select(all[next].resident);
  }
}

/** The round sign of a person or bot: the first letter of the name on a colour of its own. */
export function avatar({ id, first_name: name }) {
  const [letter] = (name ?? "").trim();
  return el(
    "span",
    { class: `avatar colour-${Math.abs(id) % COLOURS}`, "aria-hidden": "true" },
    (letter ?? "?").toLocaleUpperCase(),
  );
}

function languageSign({ language_code: code }) {
  return el(
    "span",
    { class: "language", title: `${t("phoneLanguage")}: ${languageName(code)}` },
    code ? code.toUpperCase() : "–",
  );
}
