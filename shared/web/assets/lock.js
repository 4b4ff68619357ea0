// Locks the page when nobody touches it, or when its button is pressed: everything leaves the document until the password was
// typed again. The session is locked at the server too, so that a reload or another tab shows nothing either.
// Pages hear `berkas:lock` (with `detail.wait`, promises to be kept first), `berkas:unlock` and `berkas:sign-out`, and may
// dispatch `berkas:lock-now`.

const HELD = "berkas.held";
const BEAT = 60_000;
const TELL = 5_000;
const dialog = document.querySelector("#lock");

const post = (path, body, headers = {}) => fetch(path, {
  method: "POST", body: body && JSON.stringify(body), headers: body ? { "Content-Type": "application/json", ...headers } : headers,
}).catch(() => null);

/** The page that opens a lock keeps what the page before it held; the server says for how long. */
function keepHeld() {
  const held = JSON.parse(sessionStorage.getItem(HELD) ?? "null");
  const renew = () => post(`/api/v1/tasks/${held.id}/renew`, null, { "If-Match": `"${held.fence}"` });
  if (!held) return;
  renew();
  setInterval(renew, BEAT);
}

/** Whoever signs out leaves nothing of their work in the tab. */
function forgetAll() {
  dispatchEvent(new Event("berkas:sign-out"));
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("berkas.")) sessionStorage.removeItem(key);
}

class Lock {
  constructor() {
    this.after = Number(dialog.dataset.after);
    this.locked = false;
    this.kept = [];
    this.touched();
    this.channel = new BroadcastChannel("berkas.lock");
    this.channel.onmessage = ({ data }) => {
      if (data === "locked") this.hide();
      else if (data === "unlocked") this.show();
      else this.touched();
    };
    for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) {
      addEventListener(sign, () => this.alive(), { passive: true, capture: true });
    }
    // By both clocks: the stopwatch may rest while the machine sleeps, and the wall's may be set back.
    if (this.after) setInterval(() => this.tick(), 1000);
    document.addEventListener("click", (event) => { if (event.target.closest("[data-lock]")) this.close(); });
    addEventListener("berkas:lock-now", () => this.close());
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => { if (this.locked) dialog.showModal(); });
    dialog.querySelector("form").addEventListener("submit", (event) => this.open(event));
    this.offer();
  }

  offer() {
    for (const button of document.querySelectorAll("[data-lock]")) button.hidden = false;
  }

  touched() {
    this.since = performance.now();
    this.at = Date.now();
  }

  alive() {
    if (this.locked) return;
    this.touched();
    if (!(this.told > this.since - TELL)) {
      this.told = this.since;
      this.channel.postMessage("alive");
    }
  }

  tick() {
    if (!this.locked && Math.max(performance.now() - this.since, Date.now() - this.at) > this.after) this.close();
  }

  /** Hides the page at once; the server is told until it knows. */
  async close() {
    if (this.locked) return;
    const wait = this.hide();
    await Promise.allSettled(wait);
    this.channel.postMessage("locked");
    while (this.locked && !(await post("/api/v1/lock"))) await new Promise((resume) => setTimeout(resume, 2000));
  }

  hide() {
    if (this.locked) return [];
    this.locked = true;
    const wait = [];
    sessionStorage.removeItem(HELD);
    this.title = document.title;
    this.focused = document.activeElement;
    dispatchEvent(new CustomEvent("berkas:lock", { detail: { wait } }));
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    this.kept = [...document.body.children].filter((child) => child !== dialog);
    for (const child of this.kept) child.remove();
    document.title = dialog.querySelector("h2").textContent;
    this.say("");
    dialog.showModal();
    dialog.querySelector("input").focus();
    return wait;
  }

  show() {
    if (!this.locked) return;
    this.locked = false;
    this.touched();
    dialog.querySelector("input").value = "";
    dialog.close();
    dialog.before(...this.kept);
    this.kept = [];
    document.title = this.title;
    this.focused?.focus();
    dispatchEvent(new Event("berkas:unlock"));
  }

  say(text) {
    const line = dialog.querySelector("[role=alert]");
    line.textContent = text;
    line.hidden = !text;
  }

  async open(event) {
    event.preventDefault();
    const input = dialog.querySelector("input");
    const answer = await post("/api/v1/unlock", { password: input.value });
    if (answer?.ok) {
      this.channel.postMessage("unlocked");
      return this.show();
    }
    input.value = "";
    input.focus();
    if (answer?.status === 401) return location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    this.say(dialog.dataset[answer?.status === 403 ? "wrong" : answer?.status === 429 ? "throttled" : "offline"]);
  }
}

addEventListener("submit", (event) => { if (event.target.action.endsWith("/logout")) forgetAll(); });
if (dialog) new Lock();
else keepHeld();
