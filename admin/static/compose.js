// Writing a broadcast: the buttons above a text put signs around the words that are marked, also by the keyboard, and
// can be undone. A text that is changed has to be released again. Without scripts one types the signs.
const KEYS = { b: "bold", i: "italic", k: "link" };
const SIGNS = { bold: "**", italic: "*" };

// Put words in the place of what is marked, as if they were typed, and mark a part of them.
const put = (box, words, from, to) => {
  const start = box.selectionStart;
  box.focus();
  if (!document.execCommand("insertText", false, words)) {
    box.setRangeText(words, start, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.setSelectionRange(start + from, start + to);
};

// A sign stands close to its words, and in one line; where it stands already, it goes.
const wrapped = (text, sign) => {
  const [, before, words, after] = text.match(/^(\s*)(.*?)(\s*)$/s);
  if (!words) return text;
  const single = sign === "*" && words.startsWith("**");
  if (!single && words.length > 2 * sign.length && words.startsWith(sign) && words.endsWith(sign)) {
    return before + words.slice(sign.length, -sign.length) + after;
  }
  return before + sign + words + sign + after;
};

const deeds = {
  sign: (box, marked, sign) => {
    if (!marked.trim()) return put(box, marked + sign + sign, marked.length + sign.length, marked.length + sign.length);
    const words = marked.split("\n").map((line) => wrapped(line, sign)).join("\n");
    put(box, words, 0, words.length);
  },
  // Words that are missing are held by one that is marked: who goes on typing replaces it.
  link: (box, marked, words) => {
    const name = marked.trim().replace(/\n/g, " ");
    const is_address = /^https?:\/\/\S+$/.test(name);
    const link = `[${is_address || !name ? words : name}](${is_address ? name : "https://"})`;
    if (is_address || !name) put(box, link, 1, 1 + words.length);
    else put(box, link, link.length - 1, link.length - 1);
  },
  list: (box) => {
    const start = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1;
    const line_end = box.value.indexOf("\n", box.selectionEnd);
    box.setSelectionRange(start, line_end < 0 ? box.value.length : line_end);
    const lines = box.value.slice(box.selectionStart, box.selectionEnd).split("\n");
    const is_list = lines.every((line) => !line.trim() || /^\s*[-*•]\s/.test(line));
    const words = lines.map((line) => (is_list && line.trim() ? line.replace(/^\s*[-*•]\s+/, "") : line.trim() || lines.length === 1 ? `- ${line}` : line));
    put(box, words.join("\n"), words.join("\n").length, words.join("\n").length);
  },
};

const act = (box, kind, text) => {
  const marked = box.value.slice(box.selectionStart, box.selectionEnd);
  if (kind === "insert") {
    box.setSelectionRange(box.selectionEnd, box.selectionEnd); // what is marked stays
    put(box, text, text.length, text.length);
  } else if (SIGNS[kind]) deeds.sign(box, marked, SIGNS[kind]);
  else deeds[kind](box, marked, text);
};

for (const bar of document.querySelectorAll("[role=toolbar]")) {
  const box = document.getElementById(bar.getAttribute("aria-controls"));
  const buttons = [...bar.querySelectorAll("button")];
  bar.hidden = false;
  // One stop for the tab key; arrows lead from button to button.
  const reach = (button) => buttons.forEach((each) => (each.tabIndex = each === button ? 0 : -1));
  reach(buttons[0]);
  for (const button of buttons) {
    button.addEventListener("mousedown", (event) => event.preventDefault()); // what is marked stays marked
    button.addEventListener("click", () => act(box, button.dataset.put, button.dataset.text));
    button.addEventListener("focus", () => reach(button));
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
  box.addEventListener("keydown", (event) => {
    const kind = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!kind) return;
    event.preventDefault();
    act(box, kind, bar.querySelector(`[data-put=${kind}]`).dataset.text);
  });
}

for (const tick of document.querySelectorAll("[data-releases]")) {
  const box = document.getElementById(tick.dataset.releases);
  const note = document.getElementById(`changed-${box.lang}`);
  const badge = document.getElementById(`state-${box.lang}`); // there is one where the text was released
  const words = badge?.textContent;
  const show = () => {
    if (!badge) return;
    badge.classList.toggle("kern-badge--success", tick.checked);
    badge.classList.toggle("kern-badge--warning", !tick.checked);
    badge.firstElementChild.textContent = tick.checked ? words : badge.dataset.not;
  };
  window.addEventListener("pageshow", show); // who comes back finds the tick as it was
  box.addEventListener("input", () => {
    if (!tick.checked) return;
    tick.checked = false;
    tick.value = "yes"; // who ticks it now has seen the new text
    note.textContent = note.dataset.words;
    show();
  });
  tick.addEventListener("change", () => {
    note.textContent = "";
    show();
  });
}

for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

// What was typed and is not saved does not go without a question.
const form = document.getElementById("compose");
let is_open = false;
form.addEventListener("input", () => (is_open = true));

// A file that is too large is refused here: it would take long to send, and come back.
const file = document.getElementById("file");
const refuses = () => [...file.files].some((each) => each.size > Number(file.dataset.most));
file.addEventListener("change", () => {
  const words = document.querySelector("#file-too-large [data-words]");
  words.textContent = refuses() ? words.dataset.words : "";
  words.parentElement.hidden = !refuses();
  file.setAttribute("aria-invalid", refuses());
  file.classList.toggle("kern-form-input__input--error", refuses());
});
form.addEventListener("submit", (event) => {
  if (refuses()) {
    event.preventDefault();
    file.focus();
  } else is_open = false;
});
window.addEventListener("beforeunload", (event) => is_open && event.preventDefault());
