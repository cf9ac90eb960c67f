/** The writing line: text, editing, voice, and what can be attached. */
import { byId } from "./dom.js";
import { directionOf } from "./direction.js";
import { CommandMenu } from "./command-menu.js";
import { t } from "./i18n.js";
import { showToast } from "./notices.js";
import { startRecording } from "./recorder.js";
import { chooseFile, choosePicture } from "./sheets.js";
import { summary } from "./summary.js";
import { MenuButton } from "./menu-button.js";
import { duration } from "./time.js";

export class Composer {
  #form = byId("composer");
  #input = byId("input");
  #editing = null;
  #answering = null;
  #recording = null;
  #clock = null;
  #actions;
  #menu;
  /** Tells the chats that were shown apart: a text comes back into its own only. */
  #chat = 0;
  #asking = false;
  /** The line as it was left by the text that came back last. */
  #returned = null;

  /**
   * `actions` says what to do: `send(text, answered)`, the message that it answers or null, and `edit(message, text)`, which resolve to whether that was done;
   * `voice(blob)`, `photo(blob)` and `video(blob)`, null for a sample; `file(file)`; `location()`; `contact()`; `lastOwn()` for the message that the
   * up arrow edits.
   */
  constructor(actions) {
    this.#actions = actions;
    this.#menu = new CommandMenu((text) => this.#hand(text, null));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("input", () => this.#written());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    byId("record").addEventListener("click", () => this.#record());
    byId("record-cancel").addEventListener("click", () => this.#endRecording()?.cancel());
    byId("edit-cancel").addEventListener("click", () => this.#clear());
    byId("reply-cancel").addEventListener("click", () => this.#endReply());
    new MenuButton(byId("attach"), byId("attach-menu"), {
      "picture-own": () => this.#choosePicture(),
      "picture-sample": () => actions.photo(null),
      "file-own": () => this.#chooseFile(),
      "video-sample": () => actions.video(null),
      location: actions.location,
      contact: actions.contact,
    });
  }

  /** The commands that "/" offers. */
  set commands(commands) {
    this.#menu.commands = commands;
  }

  /** The hint in the empty line, as the bot's keyboard asks for it. */
  set placeholder(text) {
    const words = text || t("writing");
    if (words === this.#input.placeholder) return;
    this.#input.placeholder = words;
    if (this.#input.value === "") this.#written();
  }

  /** Puts the cursor into the line. */
  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** Begins to edit a message of the resident. */
  edit(message) {
    this.#endReply();
    this.#editing = message;
    this.#input.value = message.text;
    byId("edit-line").hidden = false;
    byId("edit-what").textContent = message.text;
    this.#written();
    this.focus();
  }

  /** What is written next is the answer to this message. */
  reply(message) {
    if (this.#editing) this.#clear();
    this.#answering = message;
    const line = summary(message);
    byId("reply-line").hidden = false;
    byId("reply-what").textContent = line;
    byId("reply-what").dir = directionOf(line) ?? "auto";
    this.focus();
  }

  /** Empties the line, for another chat. */
  reset() {
    this.#endRecording()?.cancel();
    this.#chat += 1;
    this.#clear();
  }

  #submit() {
    if (this.#recording) return void this.#sendRecording();
    const text = this.#input.value.trim();
    if (!text) return undefined;
    this.#hand(text, this.#editing, this.#answering);
    return this.focus();
  }

  /** Hands a text over, as a new message or as the edited one's; what could not be sent comes back into the line. */
  async #hand(text, editing, answering = null) {
    const chat = this.#chat;
    this.#clear();
    const isDone = await (editing ? this.#actions.edit(editing, text) : this.#actions.send(text, answering));
    if (isDone || chat !== this.#chat) return;
    const { value } = this.#input;
    if (editing && value === "") this.edit(editing);
    if (answering && value === "") this.reply(answering);
    // Several texts come back in the order of writing, all of them before what was written since.
    const parts = value === this.#returned ? [value, text] : [text, value];
    this.#returned = parts.filter(Boolean).join("\n");
    this.#input.value = this.#returned;
    this.#written();
  }

  #clear() {
    this.#editing = null;
    this.#input.value = "";
    byId("edit-line").hidden = true;
    this.#endReply();
    this.#written();
  }

  #endReply() {
    this.#answering = null;
    byId("reply-line").hidden = true;
  }

  #written() {
    const { value } = this.#input;
    this.#input.dir = directionOf(value) ?? directionOf(this.#input.placeholder) ?? "ltr";
    this.#input.style.height = "auto";
    const { scrollHeight } = this.#input; // 0 while the line is hidden: then it keeps the height of one row
    if (scrollHeight > 0) this.#input.style.height = `${scrollHeight}px`;
    this.#form.classList.toggle("has-text", value.trim() !== "");
    this.#menu.written(value);
  }

  #key(event) {
    if (event.isComposing || this.#menu.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#editing) {
      this.#clear();
    } else if (event.key === "Escape" && this.#answering) {
      this.#endReply();
    } else if (event.key === "ArrowUp" && this.#input.value === "") {
      const message = this.#actions.lastOwn();
      if (message) {
        event.preventDefault();
        this.edit(message);
      }
    }
  }

  async #choosePicture() {
    const picture = await choosePicture();
    if (picture) this.#actions.photo(picture);
  }

  async #chooseFile() {
    const file = await chooseFile();
    if (file) this.#actions.file(file);
  }

  async #record() {
    if (this.#asking) return;
    this.#asking = true;
    const chat = this.#chat;
    const recording = await startRecording().finally(() => (this.#asking = false));
    if (chat !== this.#chat) return void recording?.cancel(); // somebody else holds the phone by now
    if (!recording) {
      showToast(t("microphoneOff"));
      this.#actions.voice(null);
      return;
    }
    this.#recording = recording;
    this.#form.classList.add("is-recording");
    this.#clock = setInterval(() => {
      byId("record-time").textContent = duration(recording.seconds);
    }, 250);
    byId("send").focus();
  }

  async #sendRecording() {
    const chat = this.#chat;
    const sound = await this.#endRecording().stop();
    if (chat !== this.#chat) return;
    this.#actions.voice(sound);
    this.focus();
  }

  #endRecording() {
    const recording = this.#recording;
    this.#recording = null;
    clearInterval(this.#clock);
    byId("record-time").textContent = duration(0);
    this.#form.classList.remove("is-recording");
    return recording;
  }
}
