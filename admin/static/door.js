// At the door. What is counted shows at once and waits in a queue, which is kept on this device; it is sent, and sent
// again, until the server has answered. Each entry says how it shall be or has a key of its own: nothing counts twice.
const door = document.querySelector("[data-door]");
const [address, date] = [door.dataset.door, door.dataset.date];
const [wire, found, code] = ["wire", "found", "code"].map((id) => document.getElementById(id));
const STORE = `door-${date}-`;
const PAUSE = 4000; // milliseconds until it is tried again
const LOOK = 20000; // others may count at the same door
let token = door.dataset.token;
let state = JSON.parse(door.dataset.state);
let halt = ""; // why nothing is sent: signIn, closed, refused
let opened = ""; // the number of the line that can be changed
let timer;
let sending = false;

// Each entry is kept by itself, so that two tabs do not lose each other's. A device that keeps nothing still counts, as
// long as the page is open.
const kept = () => {
  try {
    const found = Object.keys(localStorage).filter((each) => each.startsWith(STORE));
    return found.map((each) => JSON.parse(localStorage.getItem(each))).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
};
const keep = (entry) => {
  try {
    localStorage.setItem(STORE + entry.key, JSON.stringify(entry));
  } catch {}
};
const forget = (entry) => {
  try {
    localStorage.removeItem(STORE + entry.key);
  } catch {}
};
let queue = kept();

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
// Digits of any script, as people type them.
const digits = (text) => [...text].map((each) => "٠١٢٣٤٥٦٧٨٩".indexOf(each) < 0 ? ("۰۱۲۳۴۵۶۷۸۹".indexOf(each) < 0 ? each : "۰۱۲۳۴۵۶۷۸۹".indexOf(each)) : "٠١٢٣٤٥٦٧٨٩".indexOf(each)).join("").replace(/[^0-9]/g, "");

// --- what is so, with what waits -----------------------------------------------------------------------------------

const now = () => {
  const guests = new Map(state.guests.map((each) => [each.code, { ...each }]));
  const walk_ins = { ...state.walk_ins };
  for (const entry of queue) {
    if (entry.language) walk_ins[entry.language] = Math.max(0, (walk_ins[entry.language] ?? 0) + entry.persons);
    else if (guests.has(entry.code)) Object.assign(guests.get(entry.code), { arrived: entry.persons, waits: true });
  }
  return { guests, walk_ins };
};

const say = (words, number) => words.replace(/77|NUMBER/, number);
const people = (number) => (number === 1 ? found.dataset.one : say(found.dataset.many, number));
const hereAre = (number) => (number === 1 ? found.dataset.hereOne : say(found.dataset.hereMany, number));
const children = (number) => (number === 1 ? found.dataset.child : say(found.dataset.children, number));
const party = (guest) => [people(guest.persons) + (guest.children ? `, ${children(guest.children)}` : ""), guest.needs].filter(Boolean).join(" · ");
const sum = (numbers) => [...numbers].reduce((whole, each) => whole + (each ?? 0), 0);
const element = (name, attributes = {}, ...inside) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
};

const draw = () => {
  const { guests, walk_ins } = now();
  const arrived = sum([...guests.values()].map((each) => each.arrived));
  const without = sum(Object.values(walk_ins));
  const put = (id, number) => (document.getElementById(id).textContent = number);
  put("arrived", arrived);
  put("without", without);
  put("present", arrived + without);
  put("expected", sum([...guests.values()].map((each) => each.persons)));
  for (const line of document.querySelectorAll("[data-language]")) {
    const number = walk_ins[line.dataset.language] ?? 0;
    line.querySelector(".number").textContent = number;
    line.querySelector(".less").disabled = !number;
  }
  list(guests);
  const waits = queue.length > 0 && (halt || !navigator.onLine || failed);
  wire.textContent = waits ? (queue.length === 1 ? wire.dataset.waitsOne : say(wire.dataset.waits, queue.length)) : "";
  if (halt === "signIn") wire.replaceChildren(wire.dataset.signIn + " ", element("a", { href: location.href, class: "kern-link" }, "→"));
  if (["closed", "refused"].includes(halt)) wire.textContent = wire.dataset[halt];
};

// Lines stay where they are, with the focus: only what differs is drawn.
const list = (guests) => {
  const box = document.getElementById("guests");
  const lines = new Map([...box.children].map((each) => [each.dataset.code, each]));
  let before = null;
  for (const guest of guests.values()) {
    let line = lines.get(guest.code);
    lines.delete(guest.code);
    if (!line) {
      const who = element("span", { class: "who" }, element("span", {}, element("strong", {}, guest.code), " ", element("bdi", {}, guest.name)), element("span", { class: "soft" }));
      line = element("li", { "data-code": guest.code }, element("button", { type: "button" }, element("span", { class: "sign", "aria-hidden": "true" }), who));
    }
    const fewer = guest.arrived && guest.arrived !== guest.persons ? hereAre(guest.arrived) : "";
    line.querySelector(".soft").textContent = [party(guest), fewer].filter(Boolean).join(" · ");
    line.classList.toggle("here", Boolean(guest.arrived));
    line.classList.toggle("waits", Boolean(guest.waits));
    line.querySelector("button").setAttribute("aria-pressed", Boolean(guest.arrived));
    unfold(line, guest);
    const next = before ? before.nextElementSibling : box.firstElementChild;
    if (next !== line) box.insertBefore(line, next);
    before = line;
  }
  for (const line of lines.values()) line.remove();
};

// How many of a party are here can be changed below its line; the focus stays on the button that was tapped.
const unfold = (line, guest) => {
  const before = line.querySelector(".stepper");
  const at = before ? [...before.children].indexOf(document.activeElement) : -1;
  before?.remove();
  if (opened !== guest.code || !guest.arrived) return;
  const made = stepper(guest, (persons) => {
    if (persons === null) opened = "";
    count({ code: guest.code, persons });
  });
  line.append(made);
  made.children[at]?.focus();
};

// --- counting ------------------------------------------------------------------------------------------------------

const count = (entry) => {
  const made = { key: newKey(), at: Date.now(), ...entry };
  queue.push(made);
  keep(made);
  draw();
  send();
};

const stepper = (guest, change) => {
  const tap = (label, sign, persons, off) => {
    const made = element("button", { type: "button", class: "tap", "aria-label": label }, sign);
    made.disabled = off;
    made.addEventListener("click", () => change(persons));
    return made;
  };
  const undo = element("button", { type: "button", class: "plain" }, found.dataset.undo);
  undo.addEventListener("click", () => change(null));
  return element("div", { class: "stepper" }, tap(found.dataset.fewer, "−", guest.arrived - 1, guest.arrived < 2), element("strong", { class: "number" }, guest.arrived), tap(found.dataset.more, "+", guest.arrived + 1, guest.arrived > 29), undo);
};

const warn = (words) => {
  found.className = "unknown";
  found.textContent = words;
};

const tell = (number, again = false) => {
  const guest = now().guests.get(number);
  if (!guest) return warn((failed || !navigator.onLine ? found.dataset.unsure : found.dataset.unknown).replace("CODE", number));
  found.className = "";
  const head = element("p", {}, element("strong", {}, number), " ", element("bdi", {}, guest.name), " – ", hereAre(guest.arrived));
  const said = [head, element("p", { class: "soft" }, party(guest))];
  if (again) said.push(element("p", { class: "again" }, found.dataset.again));
  const change = (persons) => {
    count({ code: number, persons });
    if (persons === null) found.replaceChildren();
    else tell(number);
  };
  found.replaceChildren(...said, stepper(guest, change));
};

document.getElementById("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = digits(code.value);
  code.value = "";
  code.focus();
  if (!number) return warn(found.dataset.empty);
  const guest = now().guests.get(number);
  if (guest?.arrived) return tell(number, true);
  count({ code: number, persons: guest?.persons ?? 0 }); // 0: as many as have signed up
  if (guest || failed || !navigator.onLine) tell(number);
  else found.replaceChildren();
});

door.addEventListener("submit", (event) => event.preventDefault());
door.addEventListener("click", (event) => {
  const tap = event.target.closest(".tongues button");
  if (tap) return count({ language: tap.closest("li").dataset.language, persons: Number(tap.value) });
  const line = event.target.closest(".guests li");
  if (line && found.className) found.replaceChildren(); // what was wrong before is done with
  if (!line || !event.target.closest("button") || event.target.closest(".stepper")) return;
  const guest = now().guests.get(line.dataset.code);
  if (!guest.arrived) return count({ code: guest.code, persons: guest.persons });
  opened = opened === guest.code ? "" : guest.code; // a stray tap takes nobody back
  draw();
});

// --- sending -------------------------------------------------------------------------------------------------------

let failed = false;

const post = (entries) =>
  fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrftoken": token },
    body: JSON.stringify({ entries }),
    signal: AbortSignal.timeout(15000),
  });

// The server may have been started anew: then its pages have another token. Who is signed out lands on another page.
const renew = async () => {
  const answer = await fetch(address, { signal: AbortSignal.timeout(15000) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-door]");
  if (page) token = page.dataset.token;
  else if (answer.url.includes("/sign-in")) halt = "signIn";
  else if (answer.status === 403) halt = "refused";
  return Boolean(page);
};

const exchange = async () => {
  const part = queue.slice(0, 100);
  let answer = await post(part);
  if ((answer.status === 403 || answer.redirected) && (await renew())) answer = await post(part);
  if ([404, 409].includes(answer.status)) halt = "closed";
  if (!answer.ok || answer.redirected) throw new Error("not taken");
  const said = await answer.json();
  const done = new Set(part.map((each) => each.key));
  queue = queue.filter((each) => !done.has(each.key));
  part.forEach(forget);
  state = said;
  halt = "";
  const strange = part.find((each) => each.code && said.fates[each.key] !== "taken");
  if (strange) warn(found.dataset.unknown.replace("CODE", strange.code));
  else if (part.length && part.at(-1).code && part.at(-1).persons !== null && (!found.hasChildNodes() || found.className)) tell(part.at(-1).code);
};

const send = async () => {
  if (sending || ["closed", "refused"].includes(halt)) return;
  clearTimeout(timer);
  timer = setTimeout(send, LOOK);
  if (document.hidden && !queue.length) return;
  sending = true;
  try {
    do await exchange();
    while (queue.length);
    failed = false;
  } catch {
    failed = true;
  }
  sending = false;
  draw();
  clearTimeout(timer);
  timer = setTimeout(send, failed ? PAUSE : LOOK);
};

window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
draw();
timer = setTimeout(send, queue.length ? 0 : LOOK);
