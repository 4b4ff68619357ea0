// Keeps what is chosen and not sent: at the server as soon as it can be reached, and in this tab until then. It holds codes and
// ticks only, and a tab's storage goes with the tab; nothing of a citizen is in it.

import { remember, remembered } from "./dom.js";

const SETTLE = 400;
const AGAIN = 2_000;
const KEPT = "berkas.draft.";

export class Draft {
  /** `read()` gives the draft as it stands on the page; `told(state)` hears `saved`, `offline`, `signedOut` or `lost`. */
  constructor(task, read, told, signal) {
    Object.assign(this, { task, read, told, key: KEPT + task.id, timer: 0, down: false, closed: false });
    addEventListener("online", () => this.save(), { signal });
    addEventListener("offline", () => this.fail(), { signal });
    addEventListener("pagehide", () => { if (this.waiting()) this.save(); }, { signal });
    signal.addEventListener("abort", () => {
      this.closed = true;
      clearTimeout(this.timer);
    });
  }

  /** What this tab holds from before the page was loaded anew; `null` when the server has it all. */
  held() {
    return remembered(this.key);
  }

  waiting() {
    return !this.closed && sessionStorage.getItem(this.key) !== null;
  }

  /** To be called after every change; it is kept here at once and sent a moment later. */
  changed() {
    if (this.closed) return;
    remember(this.key, this.read());
    this.later(this.down ? AGAIN : SETTLE);
  }

  /** The line is down: tries again until it is back. */
  fail() {
    if (this.closed) return;
    this.down = true;
    this.told("offline");
    this.later(AGAIN);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async save() {
    clearTimeout(this.timer);
    const text = sessionStorage.getItem(this.key) ?? (this.down ? JSON.stringify(this.read()) : null);
    if (text === null || this.closed) return;
    const answer = await fetch(`/api/v1/tasks/${this.task.id}/draft`, {
      method: "PUT", body: text, keepalive: true,
      headers: { "Content-Type": "application/json", "If-Match": `"${this.task.fence}"` },
    }).catch(() => null);
    if (!answer || answer.status >= 500) return this.fail();
    if (answer.status === 401) return this.told("signedOut");
    // Behind a lock it stays in this tab, and is sent when the lock is open.
    if (answer.status === 423) return;
    if (sessionStorage.getItem(this.key) === text) sessionStorage.removeItem(this.key);
    const back = this.down;
    this.down = false;
    if (!answer.ok) return this.told("lost");
    this.told("saved", back);
    if (this.waiting()) this.later(SETTLE);
  }

  /** Everything was sent, or nothing will be. */
  close() {
    this.closed = true;
    clearTimeout(this.timer);
    sessionStorage.removeItem(this.key);
  }
}
