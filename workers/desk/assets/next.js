// Goes on to the next task without loading the page anew: its first page comes while its data does, or has come before.
import { one } from "./dom.js";

const firstPage = (task) => `/api/v1/tasks/${task}/documents/0/pages/1?variant=preview`;

/** Fetches the first page of what may come next, without taking the task; where the desk cannot say, nothing happens. */
export async function lookAhead(pictures) {
  const answer = await fetch("/api/v1/tasks/peek").catch(() => null);
  if (answer?.status !== 200) return;
  const { id, first_page: from } = await answer.json();
  if (id && from) pictures.get(firstPage(id), from).catch(() => {});
}

const scripts = (page) => [...page.querySelectorAll("script[src]")].map((script) => script.getAttribute("src")).join();

/** Puts the page at `address` in the place of this one and calls `start()`. What is no task is loaded like any page. */
export async function goOn(address, pictures, start) {
  const task = /^\/desk\/tasks\/([^/?]+)/.exec(address)?.[1];
  if (!task) return location.assign(address);
  const first = firstPage(task);
  const coming = pictures.get(first).catch(() => null);
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Another version of the desk, or a locked page: loaded as a whole.
  if (!one("#task", page) || scripts(page) !== scripts(document) || !one("main")) return location.assign(address);
  // The picture that is coming already must not be asked for again by the new page.
  const img = one("#stage img", page);
  if (img?.getAttribute("src") === first) img.remove();
  pictures.drop(`/api/v1/tasks/${task}/`);
  history.pushState(null, "", address);
  document.title = page.title;
  one(".subject").replaceWith(one(".subject", page));
  one(".lang").replaceWith(one(".lang", page));
  one("main").replaceChildren(...one("main", page).childNodes);
  start();
  await coming;
}
