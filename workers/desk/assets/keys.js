// Single keys, never while somebody types, never with Ctrl, Alt or Meta; they can be switched off (WCAG 2.1.4).

const OFF = "berkas.keys";

export const keysAreOn = () => localStorage.getItem(OFF) !== "off";
export const switchKeys = (on) => on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "off");

const types = (target) =>
  target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])") !== null;

/** Calls `actions[key]` for a key that stands for itself; letters are lower case. Returns nothing. */
export function onKeys(actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || types(event.target)) return;
    if (!keysAreOn() && event.key !== "?" && event.key !== "Escape") return;
    // A dialog that is open has the keyboard to itself.
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[key];
    if (!action || action(event) === false) return;
    event.preventDefault();
  });
}
