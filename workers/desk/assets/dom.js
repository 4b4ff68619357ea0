// The few words with which the other modules reach into the page.

export const one = (query, root = document) => root.querySelector(query);
export const all = (query, root = document) => [...root.querySelectorAll(query)];

/** Says what went wrong, where everybody sees and hears it; nothing, when `text` is empty. */
export function say(text) {
  const alert = one("#alert");
  if (!alert) return;
  alert.textContent = text;
  alert.hidden = !text;
  if (text) alert.scrollIntoView({ block: "nearest" });
}

/** What this tab remembers under `key`, and nobody else: it goes with the tab, and at sign-out. */
export const remembered = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
};
export const remember = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));
