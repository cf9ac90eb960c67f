/** Short notices that pass by, and alerts that wait for a press: the bot's answers to a button, and our own errors. */
import { Unreachable } from "./api.js";
import { byId, el } from "./dom.js";
import { directionOf } from "./direction.js";
import { t } from "./i18n.js";

const SHORTEST_MS = 3000;
const PER_CHARACTER_MS = 20;
const LONGEST_MS = 4000;

/**
 * Shows a notice above the chat in place of the one before, longer the longer its text is. It stays while the pointer
 * or the focus rests on it; a press or Escape takes it away.
 */
export function showToast(text) {
  const lasts = Math.min(LONGEST_MS, SHORTEST_MS + text.length * PER_CHARACTER_MS);
  let end;
  const remove = () => toast.remove();
  const stay = () => clearTimeout(end);
  const pass = () => {
    stay();
    if (!toast.matches(":hover, :focus")) end = setTimeout(remove, lasts);
  };
  const toast = el(
    "div",
    {
      class: "toast",
      dir: directionOf(text) ?? "auto",
      tabindex: "0",
      onclick: remove,
      onkeydown: ({ key }) => key === "Escape" && remove(),
      onpointerenter: stay,
      onpointerleave: pass,
      onfocus: stay,
      onblur: pass,
    },
    text,
  );
  byId("toasts").replaceChildren(toast);
  pass();
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

/** Says that a request failed, with the server's own reason where it gave one. */
export function showError(error) {
  showToast(error instanceof Unreachable ? t("unreachable") : t("error", { reason: error.message }));
}
