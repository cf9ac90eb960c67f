/** One line that stands for a message: in the list of chats, above an answer, in the writing line. */
import { t } from "./i18n.js";

const KINDS = {
  photo: "picture",
  voice: "voice",
  audio: "sound",
  video: "video",
  document: "document",
  location: "location",
  contact: "contact",
};

/** The beginning of the message's text, the name of its place, or what it carries. */
export function summary(message) {
  const words = message.text ?? message.caption ?? message.venue?.title ?? "";
  const text = words.replace(/\s+/g, " ").slice(0, 120);
  if (text) return text;
  const kind = Object.keys(KINDS).find((name) => message[name]);
  return kind ? t(KINDS[kind]) : t("unsupportedMessage");
}
