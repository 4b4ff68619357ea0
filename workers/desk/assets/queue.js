// The keys of the pages that list tasks.
import { one } from "./dom.js";
import { Keys } from "./keys.js";

const go = (address) => () => { location.assign(address); };

new Keys({
  take: () => one("#next button")?.click() ?? false,
  undo: () => one("form[action$='/undo'] button")?.click() ?? false,
  mine: go("/desk"), pool: go("/desk?view=pool"), done: go("/desk?view=done"),
  lock: () => { dispatchEvent(new Event("berkas:lock-now")); },
}, new AbortController().signal);
