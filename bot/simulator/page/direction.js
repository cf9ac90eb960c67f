/**
 * The direction of a text, by the rules P2 and P3 of the Unicode bidirectional algorithm: the first strong letter
 * decides, and what stands inside an isolate is passed over. `dir="auto"` of the browser does not pass over isolates,
 * so an Arabic sentence that opens with an isolated Latin name would turn round.
 */

const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\u200F]/u;
const LEFT_TO_RIGHT = /[\p{L}\u200E]/u;
const NOT_STRONG = /[\p{N}\p{M}\p{P}\p{S}\p{Z}]/u;
const RIGHT_TO_LEFT_LANGUAGES = new Set(["ar", "fa", "he", "ur", "ckb", "ps", "sd", "ug", "yi", "dv"]);

/** Entities that say nothing about the language of the text around them. */
const TECHNICAL = new Set([
  "url",
  "email",
  "mention",
  "hashtag",
  "cashtag",
  "bot_command",
  "phone_number",
  "code",
  "pre",
]);

/**
 * "rtl" or "ltr" by the first strong letter; null where the text has none (figures, punctuation, pictures).
 * `entities` mark stretches to pass over: an address or a command at the head does not turn an Arabic text.
 */
export function directionOf(text, entities = []) {
  return (
    firstStrong(
      text,
      entities.filter((entity) => TECHNICAL.has(entity.type)),
    ) ?? firstStrong(text, [])
  );
}

/** Whether paragraphs of a text run in different directions: phones take each paragraph's from its own first letter. */
export function isMixed(text, entities = []) {
  const seen = new Set();
  let at = 0;
  for (const line of text.split("\n")) {
    const start = at;
    const moved = entities.map((entity) => ({ ...entity, offset: entity.offset - start }));
    seen.add(directionOf(line, moved));
    at += line.length + 1;
  }
  seen.delete(null);
  return seen.size > 1;
}

/** The direction a language is written in; "ltr" for an unknown one. */
export function directionOfLanguage(code) {
  return RIGHT_TO_LEFT_LANGUAGES.has((code ?? "").toLowerCase().split(/[-_]/)[0]) ? "rtl" : "ltr";
}

function firstStrong(text, passedOver) {
  let isolates = 0;
  let offset = 0;
  for (const character of text) {
    const at = offset;
    offset += character.length;
    if (character >= "\u2066" && character <= "\u2068") isolates += 1;
    else if (character === "\u2069") isolates = Math.max(0, isolates - 1);
    else if (isolates > 0 || passedOver.some((e) => at >= e.offset && at < e.offset + e.length)) continue;
    else if (character !== "\u200E" && character !== "\u200F" && NOT_STRONG.test(character)) continue;
    else if (RIGHT_TO_LEFT.test(character)) return "rtl";
    else if (LEFT_TO_RIGHT.test(character)) return "ltr";
  }
  return null;
}
