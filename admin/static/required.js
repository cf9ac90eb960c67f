// A box that has to be ticked asks for it in the language of the page, not of the browser. Without scripts the browser's words stand.
for (const box of document.querySelectorAll("[data-missing]")) {
  box.addEventListener("invalid", () => box.setCustomValidity(box.validity.valueMissing ? box.dataset.missing : ""));
  box.addEventListener("change", () => box.setCustomValidity(""));
}
