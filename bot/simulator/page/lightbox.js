/** One picture over the whole page; closed by a press, the button or Escape. */
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

/** Shows the picture at this address, described by `alternative`. */
export function openPicture(address, alternative) {
  const dialog = el("dialog", { class: "lightbox", "aria-label": t("picture") });
  const close = el(
    "button",
    { type: "button", class: "icon-button lightbox-close", "aria-label": t("close") },
    icon("close"),
  );
  dialog.append(close, el("img", { src: address, alt: alternative }));
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
