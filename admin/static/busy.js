// A form that takes a while says so and is sent once. Without scripts it is sent as ever.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  const show = (busy) => {
    button.disabled = busy;
    status.textContent = busy ? form.dataset.busy : "";
  };
  form.addEventListener("submit", () => show(true));
  window.addEventListener("pageshow", () => show(false)); // who comes back finds it as it was
}
