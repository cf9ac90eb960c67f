/**
 * The chats of all residents with one bot, kept as the server has them. After every interruption the chats are read
 * again and compared, so that nothing is doubled and nothing missed. Knows no DOM.
 */
import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { Stream } from "./stream.js";

/**
 * So many of the latest residents' chats are read at once; an older one's when it is opened or something happens
 * there.
 */
const READ_AT_ONCE = 24;
/** A bot that introduces itself says so in many calls; the page reads once, after the last of them. */
const SETTLED_AFTER_MS = 250;
const AGAIN_AFTER_MS = 1500;

export class Feed {
  #bot;
  #listener;
  #conversations = new Map();
  /** Events that came while a chat was being read, by resident; they are applied after what was read. */
  #held = new Map();
  #isOpen = false;
  #later = null;

  /**
   * `listener` is told what differs: `joined(conversation)`, `renewed(conversation)` after a first reading,
   * `put(conversation, message)`, `gone(conversation, messageId)`, `described(conversation)` when the bot shows itself
   * otherwise, `typing(conversation)`, `answered(conversation, answer)` for callback queries, and `connected(yes)`.
   */
  constructor(bot, listener) {
    this.#bot = bot;
    this.#listener = listener;
  }

  /** Begins to follow what happens. `first` is the id of the resident whose chat is wanted first. */
  open(first) {
    new Stream(api.eventsAddress(this.#bot), {
      opened: () => {
        this.#isOpen = true;
        this.#readAll(first());
      },
      lost: () => {
        this.#isOpen = false;
        this.#listener.connected(false);
      },
      happened: (name, { user, data }) => this.#happened(name, user, data).catch(() => this.#readLater(AGAIN_AFTER_MS)),
    });
  }

  /** The chat of the resident with this id, or undefined. */
  conversation(id) {
    return this.#conversations.get(id);
  }

  /** All chats, in the order the residents came. */
  get conversations() {
    return [...this.#conversations.values()];
  }

  /** A resident is there. */
  join(resident) {
    const known = this.#conversations.get(resident.id);
    if (known) return known;
    const conversation = new Conversation(resident, this.#bot);
    this.#conversations.set(resident.id, conversation);
    this.#listener.joined(conversation);
    return conversation;
  }

  /** Reads a chat, and how the bot shows itself in it, from the server. */
  async read(conversation) {
    const { resident } = conversation;
    const held = this.#held.get(resident.id);
    if (held) return void held.push(["commands", {}]); // once more, when the reading that is under way has ended
    this.#held.set(resident.id, []);
    try {
      const [chat, profile] = await Promise.all([api.chat(resident, this.#bot), api.profile(resident, this.#bot)]);
      this.#take(conversation, chat, profile);
    } finally {
      const missed = this.#held.get(resident.id);
      this.#held.delete(resident.id);
      for (const [name, data] of missed) this.#apply(conversation, name, data);
    }
  }

  #take(conversation, chat, profile) {
    const isFirst = !conversation.loaded;
    const { changed, gone } = conversation.reconcile(chat.messages);
    conversation.blocked = chat.blocked;
    conversation.profile = profile;
    if (isFirst) return this.#listener.renewed(conversation);
    for (const id of gone) this.#listener.gone(conversation, id);
    for (const message of changed) this.#listener.put(conversation, message);
    return this.#listener.described(conversation);
  }

  async #readAll(first) {
    try {
      for (const resident of await api.users()) this.join(resident);
      const latest = this.conversations.slice(-READ_AT_ONCE).reverse();
      const loaded = this.conversations.filter((conversation) => conversation.loaded);
      const wanted = new Set([this.conversation(first), ...loaded, ...latest]);
      for (const conversation of wanted) if (conversation) await this.read(conversation);
      this.#listener.connected(this.#isOpen);
    } catch {
      // The server is away. Until it is back the page says that it is connecting; nobody needs to hear the reason.
      this.#listener.connected(false);
      this.#readLater(AGAIN_AFTER_MS);
    }
  }

  #readLater(milliseconds) {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#readAll(null), milliseconds);
  }

  async #happened(name, user, data) {
    if (user === null) return this.#readLater(SETTLED_AFTER_MS);
    const conversation = this.#conversations.get(user);
    if (conversation) return this.#apply(conversation, name, data);
    const resident = (await api.users()).find(({ id }) => id === user);
    return resident ? this.read(this.join(resident)) : undefined;
  }

  #apply(conversation, name, data) {
    const held = this.#held.get(conversation.resident.id);
    if (held) return held.push([name, data]);
    switch (name) {
      case "message":
      case "edited":
        conversation.put(data);
        return this.#listener.put(conversation, data);
      case "deleted":
        conversation.remove(data.message_id);
        return this.#listener.gone(conversation, data.message_id);
      case "cleared":
        conversation.messages = [];
        return this.#listener.renewed(conversation);
      case "commands":
        return this.read(conversation).catch(() => this.#readLater(AGAIN_AFTER_MS));
      case "typing":
        return this.#listener.typing(conversation);
      default:
        return this.#listener.answered(conversation, data);
    }
  }
}
