/** The page at work: one resident's chat is shown, all others are followed, and what the reader does is sent. */
import * as api from "./api.js";
import { Composer } from "./composer.js";
import { keep, recall } from "./conversation.js";
import { directionOfLanguage } from "./direction.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { Frame } from "./frame.js";
import { t } from "./i18n.js";
import { callbackAnswered } from "./inline-keyboard.js";
import { Log } from "./log.js";
import { showAlert, showError, showToast } from "./notices.js";
import { keyboardState, ReplyKeyboard } from "./reply-keyboard.js";
import { Residents } from "./residents.js";
import { askContact, askExtra, askLocation, askResident } from "./sheets.js";

const TYPING_FOR_MS = 5000;

/** As what a phone sends a file: sounds and films to be played, anything else as it is. */
function kindOf({ type }) {
  if (["audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg"].includes(type)) return "audio";
  return type === "video/mp4" ? "video" : "document";
}

export class ChatPage {
  #bot;
  #feed;
  #active = null;
  /** The payload of the link through which the page was opened; null when there is none, or when it is sent. */
  #payload;
  #connected = false;
  #typing = new Map();
  #sending = Promise.resolve();
  #log;
  #frame;
  #composer;
  #keyboard;
  #tabs;

  /** `chosen` is the id of the resident to show, or null; `payload` that of a link, or null. */
  constructor(bot, residents, chosen, payload) {
    this.#bot = bot;
    this.#payload = payload;
    this.#log = new Log(
      (message) => this.#appearance(message),
      () => this.#seen(),
    );
    this.#frame = new Frame({
      start: () => this.#start(),
      restart: () => this.#send({ text: "/start" }),
      block: () => this.#setBlocked(true),
      unblock: () => this.#setBlocked(false),
    });
    this.#composer = new Composer(this.#writing());
    this.#keyboard = new ReplyKeyboard((button) => this.#pressKey(button));
    this.#tabs = new Residents(({ id }) => this.select(id));
    this.#feed = new Feed(bot, this.#listener());
    for (const resident of residents) this.#feed.join(resident);
    byId("add-resident").addEventListener("click", () => this.#newResident());
    byId("pick-up").addEventListener("click", () => this.#pickUp());
    this.#offerExtras().catch(showError);
    document.addEventListener("visibilitychange", () => this.#seen());
    const known = [chosen, recall(`simulator.resident.${bot.id}`)].find((id) => this.#feed.conversation(id));
    this.select(known ?? residents.at(-1).id);
    this.#feed.open(() => this.#active.resident.id);
  }

  /** Shows the chat of the resident with this id. */
  select(id) {
    const conversation = this.#feed.conversation(id);
    if (conversation === this.#active) return;
    this.#active = conversation;
    keep(`simulator.resident.${this.#bot.id}`, id);
    this.#showAddress();
    this.#tabs.choose(id);
    this.#composer.reset();
    this.#log.show(conversation);
    this.#showAround();
    this.#seen();
    if (this.#connected) this.#feed.read(conversation).catch(showError);
  }

  #listener() {
    const isShown = (conversation) => conversation === this.#active;
    return {
      joined: ({ resident }) => this.#tabs.add(resident),
      renewed: (conversation) => {
        if (isShown(conversation)) this.#log.show(conversation);
        this.#changed(conversation);
      },
      put: (conversation, message) => {
        if (!conversation.isOwn(message)) this.#endTyping(conversation);
        if (isShown(conversation)) this.#log.put(message);
        this.#changed(conversation);
      },
      gone: (conversation, messageId) => {
        if (isShown(conversation)) this.#log.remove(messageId);
        this.#changed(conversation);
      },
      described: (conversation) => this.#changed(conversation),
      typing: (conversation) => this.#beginTyping(conversation),
      answered: (conversation, answer) => this.#answered(conversation, answer),
      connected: (yes) => {
        this.#connected = yes;
        this.#showState();
        if (yes && !this.#active.loaded) this.#feed.read(this.#active).catch(showError);
      },
    };
  }

  #writing() {
    return {
      send: (text, answered) => this.#send(answered ? { text, reply_to: answered.message_id } : { text }),
      edit: (message, text) => this.#edit(message, text),
      voice: (blob) => this.#sendFile("voice", blob),
      photo: (blob) => this.#sendFile("photo", blob),
      video: (blob) => this.#sendFile("video", blob),
      file: (file) => this.#sendFile(kindOf(file), file),
      location: () => this.#shareLocation(),
      contact: () => this.#shareContact(false),
      lastOwn: () =>
        this.#active.messages.findLast((message) => this.#active.isOwn(message) && message.text !== undefined),
    };
  }

  /** How a message of the shown chat looks, and what its parts can do. */
  #appearance(message) {
    const conversation = this.#active;
    const nameOf = (written) => (conversation.isOwn(written) ? t("you") : written.from.first_name);
    return {
      own: conversation.isOwn(message),
      senderName: nameOf(message),
      direction: directionOfLanguage(this.#active.resident.language_code),
      actions: {
        fileAddress: api.fileAddress,
        command: (text) => this.#send({ text }),
        nameOf,
        edit: (edited) => this.#composer.edit(edited),
        reply: (answered) => this.#composer.reply(answered),
        openLink: (address) => this.#openLink(address),
        tap: (tapped, row, column) => this.#tap(tapped, row, column),
      },
    };
  }

  #changed(conversation) {
    this.#tabs.show(conversation.resident.id, conversation.last, conversation.unread);
    if (conversation !== this.#active) return this.#showUnread();
    this.#showAround();
    return this.#seen();
  }

  /** The reader has seen what came in the shown chat: nothing in it is unread any more. */
  #seen() {
    if (document.hidden || !this.#log.isSeen) return;
    const active = this.#active;
    active.markRead();
    this.#tabs.show(active.resident.id, active.last, active.unread);
    this.#showUnread();
  }

  #showUnread() {
    const unread = this.#feed.conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}Mitsprache – ${t("title")}`;
  }

  #showAround() {
    const active = this.#active;
    const empty = active.loaded && active.messages.length === 0;
    const kind = this.#footKind(empty);
    this.#frame.foot(kind, empty);
    const keyboard = keyboardState(active.messages, active.resident.id);
    this.#keyboard.show(active, kind === "writing" ? keyboard : { keyboard: null, used: false });
    this.#composer.placeholder = keyboard.placeholder;
    this.#composer.commands = active.profile.commands;
    this.#frame.describe(active.profile);
    if (keyboard.forceReply !== null && keyboard.forceReply !== active.replyFocused) {
      active.replyFocused = keyboard.forceReply;
      this.#composer.reply(active.messages.find((message) => message.message_id === keyboard.forceReply));
    }
    this.#showState();
  }

  #footKind(empty) {
    if (!this.#active.loaded) return "none";
    if (this.#active.blocked) return "blocked";
    return empty || this.#payload !== null ? "start" : "writing";
  }

  #showState() {
    const state = !this.#connected ? "connecting" : this.#typing.has(this.#active) ? "typing" : "idle";
    this.#frame.state(state, this.#active.resident, this.#bot);
  }

  #showAddress() {
    const query = new URLSearchParams({ bot: this.#bot.username, user: this.#active.resident.id });
    if (this.#payload !== null) query.set("start", this.#payload);
    history.replaceState(null, "", `${location.pathname}?${query}`);
  }

  #beginTyping(conversation) {
    clearTimeout(this.#typing.get(conversation));
    this.#typing.set(
      conversation,
      setTimeout(() => this.#endTyping(conversation), TYPING_FOR_MS),
    );
    this.#showState();
  }

  #endTyping(conversation) {
    clearTimeout(this.#typing.get(conversation));
    this.#typing.delete(conversation);
    this.#showState();
  }

  #answered(conversation, { callback_query_id: id, text, show_alert: alert }) {
    callbackAnswered(id);
    if (conversation !== this.#active) return;
    if (text) (alert ? showAlert : showToast)(text);
  }

  async #start() {
    const payload = this.#payload;
    this.#usePayload(null);
    if (!(await this.#send({ start: payload ?? "" }))) this.#usePayload(payload);
  }

  #usePayload(payload) {
    this.#payload = payload;
    this.#showAddress();
    this.#showAround();
  }

  /** Sends in the order of writing, from the resident who is shown now; what could not be sent is said. */
  #send(what) {
    const { resident } = this.#active;
    return this.#do(() => api.send(resident, this.#bot, what));
  }

  #sendFile(kind, blob) {
    const { resident } = this.#active;
    const said = blob?.name ? { file_name: blob.name, media_type: blob.type } : {};
    return this.#do(async () => api.send(resident, this.#bot, { [kind]: blob ? await api.base64(blob) : true, ...said }));
  }

  #edit(message, text) {
    const { resident } = this.#active;
    return this.#do(() => api.edit(resident, this.#bot, message.message_id, text));
  }

  /** Does it after all that was asked before; resolves to whether it was done. */
  #do(request) {
    const done = this.#sending.then(request).then(
      () => true,
      (error) => {
        showError(error);
        return false;
      },
    );
    this.#sending = done;
    return done;
  }

  async #tap(message, row, column) {
    try {
      const { callback_query_id: id } = await api.tap(
        this.#active.resident,
        this.#bot,
        message.message_id,
        row,
        column,
      );
      return id ?? null;
    } catch (error) {
      showError(error);
      return null;
    }
  }

  async #setBlocked(blocked) {
    const conversation = this.#active;
    await this.#do(() => api.setBlocked(conversation.resident, this.#bot, blocked));
    await this.#feed.read(conversation).catch(showError);
    this.#changed(conversation);
  }

  #pressKey(button) {
    if (button.request_location) this.#shareLocation();
    else if (button.request_contact) this.#shareContact(true);
    else this.#send({ text: button.text });
  }

  async #shareLocation() {
    const place = await askLocation();
    if (place) this.#send({ location: place });
  }

  async #shareContact(asked) {
    const contact = await askContact(this.#active.resident, asked);
    if (contact) this.#send({ contact });
  }

  /** A link to this very bot is followed here; true where that was done. */
  #openLink(address) {
    const url = new URL(address);
    const [, name] = url.pathname.split("/");
    const isOurs =
      ["t.me", "telegram.me"].includes(url.hostname) && name?.toLowerCase() === this.#bot.username.toLowerCase();
    if (!isOurs) return false;
    this.#usePayload(url.searchParams.get("start"));
    return true;
  }

  async #offerExtras() {
    const extras = await api.extras();
    byId("pick-up").hidden = extras.length === 0;
    return extras;
  }

  /** Somebody who was made up together with the town is shown from now on as all others are. */
  async #pickUp() {
    try {
      const chosen = await askExtra(await this.#offerExtras());
      if (!chosen) return;
      this.select(this.#feed.join(await api.pickUp(chosen)).resident.id);
      await this.#offerExtras();
    } catch (error) {
      showError(error);
    }
  }

  async #newResident() {
    const asked = await askResident();
    if (!asked) return;
    try {
      this.select(this.#feed.join(await api.addUser(asked)).resident.id);
    } catch (error) {
      showError(error);
    }
  }
}
