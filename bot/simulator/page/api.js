/**
 * The simulator's control interface, as the page uses it. Every function rejects with an Error in the server's words,
 * or with `Unreachable`.
 */

/** The server did not answer at all. */
export class Unreachable extends Error {}

async function call(path, options = {}) {
  const request = { headers: { accept: "application/json", ...options.headers }, ...options };
  const answer = await fetch(path, request).catch((error) => {
    throw new Unreachable(error.message);
  });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.detail ?? body?.description ?? `HTTP ${answer.status}`);
  return body;
}

function post(path, value = {}) {
  return call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value) });
}

function ofChat(resident, bot, what) {
  return `/sim/users/${resident.id}/${what}?bot=${encodeURIComponent(bot.username)}`;
}

/** The bots that are known here. */
export const bots = () => call("/sim/bots");

/** The residents, oldest first. */
export const users = () => call("/sim/users");

/** Those who live here and stand in no list, as long as nobody picks up their phones. */
export const extras = () => call("/sim/users?extras=true");

/** Takes the phone of one of them in hand: from now on its owner is one of the residents. */
export const pickUp = (id) => post(`/sim/users/${id}/pick-up`);

/** Makes up a resident from `{first_name, language_code}`. */
export const addUser = (resident) => post("/sim/users", resident);

/** All messages of a chat, oldest first, and whether the bot is blocked. */
export const chat = (resident, bot) => call(ofChat(resident, bot, "chat"));

/** How the bot shows itself to this resident: `{bot, description, short_description, commands}`. */
export const profile = (resident, bot) => call(ofChat(resident, bot, "profile"));

/**
 * Sends what a resident writes or shares: `{text}`, `{start}`, `{photo}`, `{voice}`, `{audio}`, `{video}`,
 * `{document}`, `{location}`, `{contact}`; `true` is a sample.
 */
export const send = (resident, bot, what) => post(`/sim/users/${resident.id}/send`, { bot: bot.username, ...what });

/** Presses a button below a message. */
export const tap = (resident, bot, messageId, row, column) =>
  post(`/sim/users/${resident.id}/tap`, { bot: bot.username, message_id: messageId, button: [row, column] });

/** Changes the text of a message of the resident. */
export const edit = (resident, bot, messageId, text) =>
  post(`/sim/users/${resident.id}/edit`, { bot: bot.username, message_id: messageId, text });

/** Blocks the bot, or lets it write again. */
export const setBlocked = (resident, bot, blocked) =>
  post(`/sim/users/${resident.id}/${blocked ? "block" : "unblock"}`, { bot: bot.username });

/** The address of the stream of what happens in all chats with a bot. */
export const eventsAddress = (bot) => `/sim/events?bot=${encodeURIComponent(bot.username)}`;

/** The address a file is read from. */
export const fileAddress = (fileId) => `/sim/files/${encodeURIComponent(fileId)}`;

/** The bytes of a file as text, as the control interface takes pictures and voice. */
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
