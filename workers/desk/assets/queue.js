// The queues: their keys, and a list that follows what happens without taking the focus from anybody.
import { one } from "./dom.js";
import { listen } from "./events.js";
import { Keys } from "./keys.js";

const SETTLE = 400;
const LIVE = ["#queues", "#lines"];

const go = (address) => () => { location.assign(address); };

new Keys({
  take: () => one("#next button")?.click() ?? false,
  undo: () => one("form[action$='/undo'] button")?.click() ?? false,
  mine: go("/desk"), pool: go("/desk?view=pool"), done: go("/desk?view=done"),
  lock: () => { dispatchEvent(new Event("berkas:lock-now")); },
}, new AbortController().signal);

const news = one("#news");
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
