/** Opens the chat page: who is there, which bot, and what the address asks for (`?bot=…&user=…&start=…`). */
import * as api from "./api.js";
import { ChatPage } from "./chat-page.js";
import { byId, el } from "./dom.js";
import { t, translatePage } from "./i18n.js";
import { drawIcons } from "./icons.js";
import { showError } from "./notices.js";
import { residentFields, residentOf } from "./sheets.js";

translatePage(document);
drawIcons(document);

const asked = new URLSearchParams(location.search);

async function open() {
  const [bots, residents] = await Promise.all([api.bots(), api.users()]);
  if (bots.length === 0) return showOnly("no-bot");
  const bot = bots.find(({ username }) => username === asked.get("bot")) ?? bots[0];
  offerBots(bots, bot);
  const wanted = Number(asked.get("user")) || null;
  if (wanted && !residents.some(({ id }) => id === wanted)) residents.push(...(await pickedUp(wanted)));
  const present = residents.length > 0 ? residents : [await firstResident()];
  byId("welcome").hidden = true;
  byId("app").hidden = false;
  const start = asked.get("start");
  return new ChatPage(bot, present, wanted, start);
}

/** Whoever the address names, if there is such a person: the phone is picked up by that. */
function pickedUp(id) {
  return api.pickUp(id).then(
    (resident) => [resident],
    () => [],
  );
}

/** Where nobody is there yet, the page begins with the question who holds the phone. */
function firstResident() {
  byId("welcome-fields").append(...residentFields());
  showOnly("welcome-form");
  return new Promise((resolve) => {
    byId("welcome-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        resolve(await api.addUser(residentOf(new FormData(byId("welcome-form")))));
      } catch (error) {
        showError(error);
      }
    });
  });
}

function showOnly(id) {
  byId("welcome").hidden = false;
  for (const child of byId("welcome").children) child.hidden = child.id !== id;
}

/** With several bots, a choice; another bot is another page. */
function offerBots(bots, chosen) {
  const choice = byId("bot-choice");
  choice.hidden = bots.length < 2;
  choice.replaceChildren(
    ...bots.map(({ username }) =>
      el("option", { value: username, selected: username === chosen.username }, `@${username}`),
    ),
  );
  choice.addEventListener("change", () => {
    location.search = new URLSearchParams({ bot: choice.value }).toString();
  });
}

document.title = `Mitsprache – ${t("title")}`;
open().catch(showError);
