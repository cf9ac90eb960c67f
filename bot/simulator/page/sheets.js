/**
 * The small forms over the chat: a new resident, a location, a contact, a picture. Each resolves to its value or null.
 */
import { el } from "./dom.js";
import { t, languageName } from "./i18n.js";

const PHONES = [
  { code: "ar", name: "Amal" },
  { code: "ro", name: "Ioana" },
  { code: "bg", name: "Иван" },
  { code: "tr", name: "Ayşe" },
  { code: "de", name: "Jana" },
  { code: "en", name: "Alex" },
  { code: "", name: "Sam" },
];

/**
 * Opens a form as a sheet. `fields` are its nodes; resolves to the form's data when it is sent, to null when it is
 * left.
 */
function ask(title, submit, fields, text = null) {
  return new Promise((resolve) => {
    const cancel = el("button", { type: "button", class: "text-button", onclick: () => dialog.close() }, t("cancel"));
    const send = el("button", { class: "filled-button" }, submit);
    const form = el(
      "form",
      { class: "sheet-form" },
      el("h2", {}, title),
      text && el("p", { class: "sheet-text" }, text),
      fields,
    );
    form.append(el("div", { class: "sheet-actions" }, cancel, send));
    const dialog = el("dialog", { class: "sheet", "aria-label": title }, form);
    let data = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      data = new FormData(form);
      dialog.close();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(data);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function field(label, input) {
  return el("label", { class: "field" }, el("span", {}, label), input);
}

/** The name and language fields of a new resident, and how to read them. */
export function residentFields() {
  const name = el("input", {
    name: "first_name",
    required: true,
    maxlength: "64",
    autocomplete: "off",
    dir: "auto",
    value: PHONES[0].name,
  });
  const choices = PHONES.map(({ code }, index) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "language_code", value: code, checked: index === 0 }),
      el("span", {}, languageName(code)),
    ),
  );
  const group = el("fieldset", { class: "choices" }, el("legend", {}, t("phoneLanguage")), choices);
  group.addEventListener("change", ({ target }) => {
    // A name that the reader wrote stays; one of ours follows the language.
    if (PHONES.some((phone) => phone.name === name.value))
      name.value = PHONES.find(({ code }) => code === target.value).name;
  });
  return [field(t("firstName"), name), group];
}

/** `{first_name, language_code}` out of a sent form; the language is left out where none is set. */
export function residentOf(data) {
  const language = data.get("language_code");
  return { first_name: data.get("first_name").trim(), ...(language ? { language_code: language } : {}) };
}

/** Asks for a new resident. */
export async function askResident() {
  const data = await ask(t("addResident"), t("add"), residentFields());
  return data && residentOf(data);
}

/** Asks whose phone is picked up: one of `extras`; resolves to the id. */
export async function askExtra(extras) {
  const people = extras
    .map(({ id, first_name: first, last_name: last, language_code: code }) => ({
      id,
      name: `${first} ${last}`,
      language: languageName(code),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const languages = [...new Set(people.map(({ language }) => language))].sort();
  const groups = languages.map((language) =>
    el(
      "optgroup",
      { label: language },
      people
        .filter((person) => person.language === language)
        .map(({ id, name }) => el("option", { value: id }, name)),
    ),
  );
  const choice = el("select", { name: "id", size: "8", required: true }, groups);
  const data = await ask(t("pickUp"), t("pickUpDo"), field(t("person"), choice), t("pickUpText"));
  return data && Number(data.get("id"));
}

/** Asks for a place: `{latitude, longitude}` in degrees. */
export async function askLocation() {
  const degrees = (name, limit, value) =>
    el("input", {
      name,
      type: "number",
      step: "any",
      min: -limit,
      max: limit,
      required: true,
      value,
      inputmode: "decimal",
      dir: "ltr",
    });
  const fields = [
    field(t("latitude"), degrees("latitude", 90, "51.33962")),
    field(t("longitude"), degrees("longitude", 180, "12.37129")),
  ];
  const data = await ask(t("shareLocation"), t("send"), el("div", { class: "field-pair" }, fields));
  return data && { latitude: Number(data.get("latitude")), longitude: Number(data.get("longitude")) };
}

/**
 * Asks for a contact of this resident: `{phone_number, first_name, user_id?}`. The id is there only where the contact
 * is the resident's own, as Telegram does it; `asked` leaves out the contact of somebody else.
 */
export async function askContact(resident, asked) {
  const phone = el("input", {
    name: "phone",
    type: "tel",
    required: true,
    maxlength: "32",
    value: "+49 30 23125 000",
    dir: "ltr",
  });
  const other = el(
    "label",
    { class: "check" },
    el("input", { type: "checkbox", name: "other" }),
    el("span", {}, t("contactOther")),
  );
  const data = await ask(
    t("shareContact"),
    t("send"),
    [field(t("phoneNumber"), phone), asked ? null : other],
    asked ? t("shareContactAsk") : null,
  );
  if (!data) return null;
  const contact = {
    phone_number: data.get("phone").trim(),
    first_name: data.get("other") ? t("contactOther") : resident.first_name,
  };
  return data.get("other") ? contact : { ...contact, user_id: resident.id };
}

/** Lets the reader choose a picture of this device; resolves to the file or null. */
export const choosePicture = () => chooseFile("image/*");

/** Lets the reader choose a file of this device, of the kinds that `accept` names; resolves to the file or null. */
export function chooseFile(accept = "") {
  return new Promise((resolve) => {
    const input = el("input", { type: "file", accept });
    input.addEventListener("change", () => resolve(input.files[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
