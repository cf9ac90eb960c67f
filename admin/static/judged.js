// What was refused and is right by now says so no longer: when the preview of the dates has judged its fields anew, their
// faults go, beside them and in the list above. Without scripts they go when the form is sent.
const acquit = (field) => {
  const error = `${field.id}-error`;
  document.getElementById(error)?.remove();
  field.removeAttribute("aria-invalid");
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== error);
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
  field.classList.remove("kern-form-input__input--error");
  field.closest(".kern-form-input")?.classList.remove("kern-form-input--error");
  document.querySelector(`#faults a[href="#${field.id}"]`)?.closest("li").remove();
};

document.addEventListener("htmx:after:settle", () => {
  const judged = document.getElementById("dates")?.dataset.judged ?? "";
  for (const id of judged.split(" ").filter(Boolean)) {
    const field = document.getElementById(id);
    if (field?.hasAttribute("aria-invalid")) acquit(field);
  }
  if (!document.querySelector("#faults li")) document.getElementById("faults")?.remove();
});
