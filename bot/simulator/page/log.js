/**
 * The messages of one chat on the page: in order, by days, in groups of one sender. Only a stretch at the end of a long
 * chat is in the document; older messages come in as the reader scrolls up. Nothing here is redrawn as a whole.
 */
import { Bubble } from "./bubble.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { dayKey, dayName } from "./time.js";

const FIRST_STRETCH = 80;
const NEXT_STRETCH = 60;
const TRIM_ABOVE = 240;
const NEAR_END_PX = 80;
const GROUP_WITHIN_S = 300;
const AROUND_MESSAGE_PX = 20;

export class Log {
  #scroller = byId("scroller");
  #list = byId("log");
  #jump = byId("jump");
  #describe;
  #reachedEnd;
  #chat = null;
  #bubbles = new Map();
  #following = true;
  /** Where the reader stood, in how high a chat, in how high a window. */
  #place = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
  /** How high the window was when the page last went to the end. */
  #room = 0;
  #missed = 0;
  /** The message that the page has gone to the beginning of; null once the reader has moved. */
  #readFrom = null;

  /**
   * `describe(message)` gives `{own, senderName, direction, actions}` for a message of the shown chat;
   * `reachedEnd()` is called when the reader has come to the newest message.
   */
  constructor(describe, reachedEnd) {
    this.#describe = describe;
    this.#reachedEnd = reachedEnd;
    this.#jump.append(icon("down"), el("span", { class: "badge", hidden: true }));
    this.#jump.addEventListener("click", () => this.toEnd());
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const follow = new ResizeObserver(() => this.#following && this.#follow());
    follow.observe(this.#scroller);
    follow.observe(this.#list);
  }

  /** Shows another chat, at its end. `chat.messages` is a list in order. */
  show(chat) {
    this.#chat = chat;
    this.#bubbles.clear();
    this.#quietly(() => {
      this.#list.replaceChildren();
      for (const message of chat.messages.slice(-FIRST_STRETCH)) this.#add(message);
    });
    this.toEnd();
    if (this.#newest) this.#readIfTooHigh(this.#newest);
  }

  /** A message has come, or one has changed. */
  put(message) {
    const known = this.#bubbles.get(message.message_id);
    if (known) return this.#update(known, message);
    if (this.#isBeforeStretch(message)) return undefined;
    const bubble = this.#add(message);
    bubble.node.classList.add("arriving");
    if (bubble.own) this.toEnd();
    else if (!this.#following) this.#showMissed(this.#missed + 1);
    this.#trim();
    if (this.#following) this.#readIfTooHigh(bubble);
    return undefined;
  }

  #update(bubble, message) {
    const wasTooHigh = this.#isTooHigh(bubble.node);
    bubble.update(message);
    if (!wasTooHigh && bubble === this.#newest && this.#following) this.#readIfTooHigh(bubble);
    // An answered question becomes lower: the reader who stands at the end now sees what comes next.
    if (wasTooHigh && this.#missed === 0 && this.#distanceToEnd <= 1) this.toEnd();
  }

  /** Whether a message with its buttons does not fit into the window. */
  #isTooHigh(node) {
    return node.offsetHeight + AROUND_MESSAGE_PX > this.#scroller.clientHeight;
  }

  get #distanceToEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** A message is gone: it fades, then its place closes. */
  remove(messageId) {
    const bubble = this.#bubbles.get(messageId);
    if (!bubble) return;
    this.#bubbles.delete(messageId);
    const { node } = bubble;
    const done = () => {
      const day = node.parentElement;
      node.remove();
      if (day && !day.querySelector(".message")) day.remove();
      else if (day) regroup(day);
      if (this.#bubbles.size === 0 && this.#chat.messages.length > 0) this.show(this.#chat);
      else if (this.#scroller.scrollTop < this.#scroller.clientHeight) this.#older();
      // What closed above a message has moved it out of sight.
      if (this.#readFrom !== null && this.#readFrom === this.#newest) this.#readIfTooHigh(this.#newest);
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return void done();
    const height = `${node.offsetHeight}px`;
    const closing = [
      { height, opacity: 1, overflow: "hidden" },
      { height, opacity: 0, offset: 0.5 },
      { height: "0px", opacity: 0, marginTop: "0px" },
    ];
    node.classList.add("leaving");
    node.animate(closing, { duration: 360, easing: "ease-out" }).addEventListener("finish", done);
  }

  /** Goes to the newest message and follows what comes. */
  toEnd() {
    this.#following = true;
    this.#readFrom = null;
    this.#showMissed(0);
    this.#scrollToEnd();
    if (this.#chat) this.#reachedEnd();
  }

  /** True while nothing has come that the reader has not had before the eyes. */
  get isSeen() {
    return this.#missed === 0;
  }

  #isBeforeStretch(message) {
    const [first] = this.#bubbles.keys();
    return first !== undefined && message.message_id < first;
  }

  #add(message) {
    const { own, senderName, direction, actions } = this.#describe(message);
    const bubble = new Bubble(message, own, senderName, direction, actions);
    const next = [...this.#bubbles.keys()].find((id) => id > message.message_id);
    this.#bubbles.set(message.message_id, bubble);
    if (next === undefined) this.#dayAtEnd(message).append(bubble.node);
    else this.#insertBefore(bubble, this.#bubbles.get(next));
    regroup(bubble.node.parentElement, bubble.node);
    return bubble;
  }

  #insertBefore(bubble, next) {
    this.#bubbles = new Map([...this.#bubbles].sort(([a], [b]) => a - b));
    const nextDay = next.node.parentElement;
    if (nextDay.dataset.day === dayKey(bubble.message.date)) return next.node.before(bubble.node);
    const before = nextDay.previousElementSibling;
    const day = before?.dataset.day === dayKey(bubble.message.date) ? before : dayNode(bubble.message);
    if (day !== before) nextDay.before(day);
    return day.append(bubble.node);
  }

  #dayAtEnd(message) {
    const last = this.#list.lastElementChild;
    if (last?.dataset.day === dayKey(message.date)) return last;
    const day = dayNode(message);
    this.#list.append(day);
    return day;
  }

  #older() {
    const [first] = this.#bubbles.keys();
    if (first === undefined) return;
    const end = this.#chat.messages.findIndex((message) => message.message_id === first);
    if (end <= 0) return;
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#quietly(() => {
      for (const message of this.#chat.messages.slice(Math.max(0, end - NEXT_STRETCH), end).reverse())
        this.#add(message);
    });
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** In a chat that runs for hours the document keeps its end only; what was taken out can be scrolled back to. */
  #trim() {
    if (!this.#following || this.#bubbles.size <= TRIM_ABOVE) return;
    this.#quietly(() => {
      for (const [id, bubble] of [...this.#bubbles].slice(0, this.#bubbles.size - FIRST_STRETCH)) {
        const day = bubble.node.parentElement;
        bubble.node.remove();
        this.#bubbles.delete(id);
        if (day && !day.querySelector(".message")) day.remove();
      }
    });
    this.#scrollToEnd();
  }

  /** A screen reader is not told of messages that are merely drawn again. */
  #quietly(change) {
    this.#list.setAttribute("aria-busy", "true");
    change();
    requestAnimationFrame(() => this.#list.setAttribute("aria-busy", "false"));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const wasFollowing = this.#following;
    // Only the reader's own way up ends the following. A chat that has become lower, or a window that has become
    // higher, also moves it up, but no further than that.
    const before = this.#place;
    const sizesChanged = scrollHeight !== before.scrollHeight || clientHeight !== before.clientHeight;
    const pushed = Math.max(0, before.scrollHeight - scrollHeight) + Math.max(0, clientHeight - before.clientHeight);
    // Likewise only the reader's own way down begins it: a message that is read from its beginning may end near the
    // end of the chat.
    if (scrollTop !== before.scrollTop) {
      if (!sizesChanged) this.#readFrom = null;
      const wentDown = scrollTop > before.scrollTop;
      const distance = this.#distanceToEnd;
      const wentUp = before.scrollTop - scrollTop > pushed + 1; // places are rounded
      const stays = wasFollowing && (!wentUp || distance < NEAR_END_PX);
      this.#following = stays || distance <= 1 || (wentDown && !sizesChanged && distance < NEAR_END_PX);
    }
    this.#place = { scrollTop, scrollHeight, clientHeight };
    if (this.#following && !wasFollowing) {
      this.#showMissed(0);
      this.#reachedEnd();
    }
    this.#jump.hidden = this.#following;
    if (scrollTop < clientHeight) this.#older();
  }

  /** Stays at the end; but in a window that has become too low for the newest message, at that one's beginning. */
  #follow() {
    const newest = this.#newest;
    const hasFitted = newest && newest.node.offsetHeight + AROUND_MESSAGE_PX <= this.#room;
    if (!hasFitted || !this.#readIfTooHigh(newest)) this.#scrollToEnd();
  }

  #scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#place = { scrollTop, scrollHeight, clientHeight };
    this.#room = clientHeight;
    this.#jump.hidden = true;
  }

  get #newest() {
    return [...this.#bubbles.values()].at(-1);
  }

  /** A message of the bot that is higher than the window is read from its beginning; whether it is. */
  #readIfTooHigh(bubble) {
    const { node, own } = bubble;
    if (own || !this.#isTooHigh(node)) return false;
    this.#following = false;
    this.#readFrom = bubble;
    this.#scroller.scrollTop = node.offsetTop - 8;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#place = { scrollTop, scrollHeight, clientHeight };
    this.#jump.hidden = false;
    return true;
  }

  #showMissed(count) {
    this.#missed = count;
    const badge = this.#jump.querySelector(".badge");
    badge.hidden = count === 0;
    badge.textContent = String(count);
    this.#jump.setAttribute("aria-label", count ? t("newMessagesCount", { n: count }) : t("newMessages"));
    if (count) this.#jump.hidden = false;
  }
}

function dayNode(message) {
  return el(
    "section",
    { class: "day", "data-day": dayKey(message.date) },
    el("h2", { class: "day-name" }, el("span", {}, dayName(message.date))),
  );
}

/** Marks where groups of one sender begin and end: around `node` only, or in the whole day. */
function regroup(day, node = null) {
  const messages = node ? [node.previousElementSibling, node, node.nextElementSibling] : [...day.children];
  for (const message of messages) {
    if (!message?.classList.contains("message")) continue;
    message.classList.toggle("group-start", !belongTogether(message.previousElementSibling, message));
    message.classList.toggle("group-end", !belongTogether(message, message.nextElementSibling));
  }
}

function belongTogether(first, second) {
  if (!first?.classList.contains("message") || !second) return false;
  const seconds = (node) => Date.parse(node.querySelector("time")?.dateTime ?? "") / 1000;
  const near = Math.abs(seconds(second) - seconds(first)) < GROUP_WITHIN_S;
  if (first.dataset.album !== second.dataset.album && (first.dataset.album || second.dataset.album)) return false;
  return (
    near &&
    first.classList.contains("own") === second.classList.contains("own") &&
    !first.classList.contains("has-keyboard")
  );
}
