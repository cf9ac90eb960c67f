/** The buttons under a message: rows as the bot gave them, left to right as on a phone, whatever the language. */
import { el } from "./dom.js";
import { directionOf } from "./direction.js";
import { safeAddress } from "./entities.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { showToast } from "./notices.js";

const ANSWER_WITHIN_MS = 15000;

/** The buttons that wait for the bot's answer, by the id of their callback query. */
const waiting = new Map();
/** Queries whose answer overtook the response to the press. */
const answeredEarly = new Set();

/** Ends the waiting of the button whose callback query was answered. */
export function callbackAnswered(queryId) {
  const end = waiting.get(queryId);
  if (end) end();
  else answeredEarly.add(queryId);
}

/**
 * The node of an inline keyboard, or null where the message has none.
 * `tap(row, column)` sends the press and resolves to the id of its callback query; `openLink(address)` may take over an
 * address (a link to the bot itself) by returning true.
 */
export function inlineKeyboardNode(markup, { tap, openLink }) {
  const rows = markup?.inline_keyboard?.filter((row) => row.length > 0) ?? [];
  if (rows.length === 0) return null;
  const keyboard = el("div", { class: "inline-keyboard", role: "group", "aria-label": t("buttons"), dir: "ltr" });
  markup.inline_keyboard.forEach((buttons, row) => {
    if (buttons.length === 0) return;
    keyboard.append(
      el(
        "div",
        { class: "keyboard-row" },
        buttons.map((button, column) => buttonNode(button, row, column, tap, openLink)),
      ),
    );
  });
  return keyboard;
}

function buttonNode(button, row, column, tap, openLink) {
  const label = el("span", { class: "button-label", dir: directionOf(button.text) ?? "auto" }, button.text);
  const place = { "data-row": row, "data-column": column, "data-style": button.style };
  if (button.url !== undefined) return linkButton(button.url, label, place, openLink);
  const node = el("button", { type: "button", class: "keyboard-button", ...place }, label);
  if (button.callback_data !== undefined) node.addEventListener("click", () => press(node, () => tap(row, column)));
  else if (button.copy_text?.text !== undefined) node.addEventListener("click", () => copy(button.copy_text.text));
  else node.addEventListener("click", () => showToast(t("unsupportedButton")));
  return node;
}

function linkButton(address, label, place, openLink) {
  const href = safeAddress(address);
  if (!href) return el("button", { type: "button", class: "keyboard-button", disabled: true, ...place }, label);
  const node = el(
    "a",
    { class: "keyboard-button", href, target: "_blank", rel: "noopener noreferrer", ...place },
    label,
    icon("external"),
  );
  node.addEventListener("click", (event) => {
    if (openLink(href)) event.preventDefault();
  });
  return node;
}

async function press(node, send) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  node.setAttribute("aria-disabled", "true");
  const end = () => {
    node.removeAttribute("aria-busy");
    node.removeAttribute("aria-disabled");
  };
  const queryId = await send();
  if (queryId === null || answeredEarly.delete(queryId)) return end();
  const late = setTimeout(() => {
    waiting.get(queryId)?.();
    if (node.isConnected) showToast(t("answerMissing"));
  }, ANSWER_WITHIN_MS);
  return void waiting.set(queryId, () => {
    clearTimeout(late);
    waiting.delete(queryId);
    end();
  });
}

async function copy(text) {
  await navigator.clipboard?.writeText(text);
  showToast(t("copied"));
}
