/**
 * The page's own words, in English and German by the browser's language. What the bot and the residents write is never
 * translated here.
 */

const EN = {
  about: "What can this bot do?",
  add: "Add",
  addResident: "New resident",
  alert: "Message from the bot",
  answerMissing: "The bot has not answered this button.",
  attach: "Attach",
  blockBot: "Block the bot",
  blockedBar: "You have blocked this bot. It cannot write to you.",
  bot: "bot",
  buttons: "Buttons of this message",
  cancel: "Cancel",
  chat: "Chat",
  close: "Close",
  commandMenu: "Commands",
  connecting: "Connecting…",
  contact: "Contact",
  contactOther: "Somebody else's contact",
  copied: "Copied.",
  document: "Document",
  edit: "Edit",
  edited: "edited",
  editing: "Editing a message",
  enlarge: "Enlarge the picture",
  error: "That did not work: {reason}",
  fileOwn: "File from this device",
  firstName: "First name",
  hideKeyboard: "Hide the buttons",
  latitude: "Latitude",
  location: "Location",
  longitude: "Longitude",
  message: "Message",
  messageLog: "Messages",
  microphoneOff: "No microphone here: a recorded sample is sent.",
  moreActions: "More",
  newMessages: "To the newest message",
  newMessagesCount: "New messages: {n}",
  noBot: "No bot is known here yet. Start one and reload this page.",
  noLanguage: "not set",
  noMessages: "No messages yet",
  pause: "Pause",
  phoneLanguage: "Language of the phone",
  phoneNumber: "Phone number",
  person: "Person",
  pickUp: "A phone in town",
  pickUpDo: "Pick up",
  pickUpText: "These people were made up together with the town. Pick up a phone to see what the bot writes to its owner.",
  picture: "Picture",
  pictureOwn: "Picture from this device",
  pictureSample: "Sample picture",
  play: "Play",
  record: "Record a voice message",
  recording: "Recording",
  reply: "Reply",
  replying: "Answer to",
  residents: "Residents",
  restart: "Send /start again",
  send: "Send",
  shareContact: "Share a contact",
  shareContactAsk: "The bot asks for your phone number.",
  shareLocation: "Share a location",
  showKeyboard: "Show the buttons",
  simulator: "Simulator: nothing here leaves this machine.",
  sound: "Sound",
  spoiler: "Hidden text, press to show",
  start: "Start",
  switchBot: "Bot",
  today: "Today",
  title: "Chat simulator",
  typing: "writing",
  unblockBot: "Unblock",
  unreachable: "The simulator cannot be reached. Please try again in a moment.",
  unread: "Unread messages: {n}",
  unsupportedButton: "This kind of button does nothing in the simulator.",
  unsupportedMessage: "A message of a kind the simulator does not show",
  video: "Video",
  videoSample: "Sample video",
  voice: "Voice message",
  welcome: "Who is holding the phone?",
  welcomeText: "Make up a resident: a name, and the language the phone is set to. You can add more at any time.",
  writing: "Message",
  yesterday: "Yesterday",
  you: "You",
  yourChat: "Chat of {name} with {bot}",
};

const DE = {
  about: "Was kann dieser Bot?",
  add: "Anlegen",
  addResident: "Neue Person",
  alert: "Mitteilung des Bots",
  answerMissing: "Der Bot hat auf diese Taste nicht geantwortet.",
  attach: "Anhängen",
  blockBot: "Bot blockieren",
  blockedBar: "Sie haben diesen Bot blockiert. Er kann Ihnen nicht schreiben.",
  bot: "Bot",
  buttons: "Tasten dieser Nachricht",
  cancel: "Abbrechen",
  chat: "Chat",
  close: "Schließen",
  commandMenu: "Befehle",
  connecting: "Verbindung wird aufgebaut …",
  contact: "Kontakt",
  contactOther: "Kontakt einer anderen Person",
  copied: "Kopiert.",
  document: "Dokument",
  edit: "Bearbeiten",
  edited: "bearbeitet",
  editing: "Nachricht bearbeiten",
  enlarge: "Bild vergrößern",
  error: "Das hat nicht geklappt: {reason}",
  fileOwn: "Datei von diesem Gerät",
  firstName: "Vorname",
  hideKeyboard: "Tasten ausblenden",
  latitude: "Breite",
  location: "Standort",
  longitude: "Länge",
  message: "Nachricht",
  messageLog: "Nachrichten",
  microphoneOff: "Hier ist kein Mikrofon: Eine Beispielaufnahme wird gesendet.",
  moreActions: "Mehr",
  newMessages: "Zur neuesten Nachricht",
  newMessagesCount: "Neue Nachrichten: {n}",
  noBot: "Hier ist noch kein Bot bekannt. Starten Sie einen und laden Sie die Seite neu.",
  noLanguage: "nicht eingestellt",
  noMessages: "Noch keine Nachrichten",
  pause: "Anhalten",
  phoneLanguage: "Sprache des Telefons",
  phoneNumber: "Telefonnummer",
  person: "Person",
  pickUp: "Ein Telefon aus der Stadt",
  pickUpDo: "In die Hand nehmen",
  pickUpText:
    "Diese Menschen sind mit der Stadt erfunden. Wer ein Telefon in die Hand nimmt, sieht, was der Bot dort schreibt.",
  picture: "Bild",
  pictureOwn: "Bild von diesem Gerät",
  pictureSample: "Beispielbild",
  play: "Abspielen",
  record: "Sprachnachricht aufnehmen",
  recording: "Aufnahme",
  reply: "Antworten",
  replying: "Antwort auf",
  residents: "Personen",
  restart: "/start noch einmal senden",
  send: "Senden",
  shareContact: "Kontakt teilen",
  shareContactAsk: "Der Bot bittet um Ihre Telefonnummer.",
  shareLocation: "Standort teilen",
  showKeyboard: "Tasten einblenden",
  simulator: "Simulator: Nichts hier verlässt diesen Rechner.",
  sound: "Ton",
  spoiler: "Verdeckter Text, zum Zeigen drücken",
  start: "Starten",
  switchBot: "Bot",
  today: "Heute",
  title: "Chat-Simulator",
  typing: "schreibt",
  unblockBot: "Freigeben",
  unreachable: "Der Simulator ist nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
  unread: "Ungelesene Nachrichten: {n}",
  unsupportedButton: "Diese Art Taste bewirkt im Simulator nichts.",
  unsupportedMessage: "Eine Nachricht, deren Art der Simulator nicht zeigt",
  video: "Video",
  videoSample: "Beispielvideo",
  voice: "Sprachnachricht",
  welcome: "Wer hält das Telefon?",
  welcomeText:
    "Denken Sie sich eine Person aus: einen Namen und die Sprache des Telefons. Weitere können jederzeit dazukommen.",
  writing: "Nachricht",
  yesterday: "Gestern",
  you: "Sie",
  yourChat: "Chat von {name} mit {bot}",
};

/** The language of the page, "en" or "de". */
export const language = (navigator.language ?? "en").toLowerCase().startsWith("de") ? "de" : "en";

const words = language === "de" ? DE : EN;
const languageNames = new Intl.DisplayNames([language], { type: "language" });

/** A sentence of the page, with its {values} filled in. */
export function t(key, values = {}) {
  const sentence = words[key];
  if (sentence === undefined) throw new Error(`the page has no words for ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** The name of a phone's language, "Arabic"; the words for "not set" where there is none. */
export function languageName(code) {
  if (!code) return t("noLanguage");
  try {
    return languageNames.of(code.replace("_", "-")) ?? code;
  } catch {
    return code;
  }
}

/**
 * Puts the words into every element that names them by `data-t` (its text) or `data-t-label` (its label and tool tip).
 */
export function translatePage(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-t]")) element.append(t(element.dataset.t));
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
    if (element.matches("button")) element.title = t(element.dataset.tLabel);
  }
  for (const element of root.querySelectorAll("[data-t-placeholder]"))
    element.placeholder = t(element.dataset.tPlaceholder);
}
