// The queue: one key for the next task, and a list that follows what happens without taking the focus from anybody.
import { listen } from "./events.js";
import { onKeys } from "./keys.js";

const SETTLE = 400;
const LIVE = ["#queues", "#lines"];

onKeys({ n: () => document.querySelector("#next button")?.click() });

const news = document.querySelector("#news");
let timer = 0;

/** Whoever is in the list, or has opened something in it, keeps it as it is until they leave it. */
const busy = () => LIVE.some((part) => {
  const shown = document.querySelector(part);
  return shown?.contains(document.activeElement) || shown?.querySelector("details[open]");
});

const later = () => { clearTimeout(timer); timer = setTimeout(refresh, SETTLE); };

async function refresh() {
  if (busy()) return;
  // The page asks by itself: that is no sign of anybody sitting here.
  const answer = await fetch(location.href, { headers: { "X-Unattended": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || busy()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of LIVE) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
}

document.addEventListener("focusout", later);
document.addEventListener("toggle", later, true);

listen((kind) => {
  if (news?.dataset[kind]) { news.textContent = news.dataset[kind]; news.hidden = false; }
  later();
});
