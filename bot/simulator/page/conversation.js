/**
 * What is known of one resident's chat with one bot. Knows no DOM; the messages are in order and each is there once.
 */

export class Conversation {
  /** The messages, oldest first. */
  messages = [];
  /** How the bot shows itself in this chat: name, descriptions, commands. */
  profile = { bot: { first_name: "" }, description: "", short_description: "", commands: [] };
  blocked = false;
  /** Whether the messages were ever read from the server. */
  loaded = false;
  /** The id of the message whose forced reply has put the cursor into the line; once is enough. */
  replyFocused = null;
  #bot;

  constructor(resident, bot) {
    this.resident = resident;
    this.#bot = bot;
    this.lastRead = recall(this.#key) ?? 0;
  }

  /** The newest message, or undefined. */
  get last() {
    return this.messages.at(-1);
  }

  /** How many messages came from the bot since the reader last looked. */
  get unread() {
    return this.messages.filter((message) => message.message_id > this.lastRead && !this.isOwn(message)).length;
  }

  /** Whether the resident wrote this message. */
  isOwn(message) {
    return message.from?.id === this.resident.id;
  }

  /** A message has come or changed. */
  put(message) {
    const at = this.messages.findLastIndex((known) => known.message_id <= message.message_id);
    if (this.messages[at]?.message_id === message.message_id) this.messages[at] = message;
    else this.messages.splice(at + 1, 0, message);
  }

  /** A message is gone. */
  remove(messageId) {
    this.messages = this.messages.filter((message) => message.message_id !== messageId);
  }

  /**
   * Takes the server's whole state of the chat; returns what differs from what was known: `{changed, gone}`, messages
   * and ids. So that after an interruption nothing is doubled and nothing missed.
   */
  reconcile(messages) {
    const before = new Map(this.messages.map((message) => [message.message_id, JSON.stringify(message)]));
    const changed = messages.filter((message) => before.get(message.message_id) !== JSON.stringify(message));
    const now = new Set(messages.map((message) => message.message_id));
    const gone = [...before.keys()].filter((id) => !now.has(id));
    this.messages = messages;
    this.loaded = true;
    return { changed, gone };
  }

  /** The reader has seen everything that is here. */
  markRead() {
    const newest = this.last?.message_id ?? 0;
    if (newest <= this.lastRead) return;
    this.lastRead = newest;
    keep(this.#key, newest);
  }

  get #key() {
    return `simulator.read.${this.#bot.id}.${this.resident.id}`;
  }
}

/** A number or text remembered in this browser; null where nothing is, or where the browser keeps nothing. */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Remembers a number or text in this browser, where it lets us. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing shows marks of a first visit; nothing else depends on it.
  }
}
