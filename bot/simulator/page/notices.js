/** Short notices that pass by, and alerts that wait for a press: the bot's answers to a button, and our own errors. */
import { byId, el } from "./dom.js";
import { directionOf } from "./direction.js";
import { t } from "./i18n.js";

const SHORTEST_MS = 3000;
const PER_CHARACTER_MS = 60;
const LONGEST_MS = 9000;

/** Shows a notice over the chat, longer the longer its text is; a press takes it away. */
export function showToast(text) {
  const toast = el("div", { class: "toast", dir: directionOf(text) ?? "auto", onclick: () => toast.remove() }, text);
  byId("toasts").append(toast);
  setTimeout(() => toast.remove(), Math.min(LONGEST_MS, SHORTEST_MS + text.length * PER_CHARACTER_MS));
}

/** Shows an alert of the bot that stays until it is confirmed. */
export function showAlert(text) {
  const dialog = el("dialog", { class: "sheet alert", role: "alertdialog", "aria-label": t("alert") });
  const confirm = el("button", { type: "button", class: "filled-button", onclick: () => dialog.close() }, "OK");
  dialog.append(
    el("p", { dir: directionOf(text) ?? "auto", class: "alert-text" }, text),
    el("div", { class: "sheet-actions" }, confirm),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Says that a request failed, with the server's own reason. */
export function showError(error) {
  showToast(t("error", { reason: error instanceof Error ? error.message : String(error) }));
}
