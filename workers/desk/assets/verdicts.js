// Verdicts on documents. What is ticked is what is said: a change of the reasons is saved again, and while anything is not
// saved it is marked, and nothing is decided.
import { all, one, say } from "./dom.js";
import { fault } from "./send.js";

const SETTLE = 400;

export const ticked = (name, root) => all(`[name=${name}]:checked`, root).map((box) => box.value);
const same = (some, others) => some.length === others.length && some.every((code) => others.includes(code));

export class Verdicts {
  constructor(desk) {
    this.desk = desk;
    const { words, documents } = desk;
    this.signs = {
      valid: ["✓", "good", words.valid], not_valid: ["✕", "bad", words.notValid], judge_again: ["↻", "warn", words.judgeAgain],
    };
    for (const entry of documents) {
      Object.assign(entry, { timer: 0, sending: null, pressed: false });
      one(".judge", entry.panel)?.addEventListener("submit", (event) => {
        event.preventDefault();
        this.judge(entry, event.submitter?.value ?? "valid");
      });
      one(".judge", entry.panel)?.addEventListener("change", () => this.changed(entry));
    }
    desk.signal.addEventListener("abort", () => documents.forEach((entry) => clearTimeout(entry.timer)));
  }

  /** Shows what the server says, and what is not there yet. */
  start() {
    for (const entry of this.desk.documents) {
      if (entry.verdict) this.mark(entry, entry.verdict);
      this.showUnsaved(entry);
    }
  }

  /** Whether what is ticked or was pressed is something else than what is saved. */
  isUnsaved(entry) {
    return Boolean(entry.unsent) || !same(ticked("codes", entry.panel), entry.saved);
  }

  /** The first document of which something is not saved that a decision would leave out. */
  unsaved() {
    // A `valid` that was not sent, where nothing else is said, changes no decision.
    const counts = (entry) => !(entry.unsent === "valid" && !entry.verdict && !ticked("codes", entry.panel).length);
    return this.desk.held ? this.desk.documents.find((entry) => this.isUnsaved(entry) && counts(entry)) : undefined;
  }

  showUnsaved(entry) {
    const tag = one(".unsent", entry.panel);
    const { words } = this.desk;
    tag.hidden = !this.desk.held || !this.isUnsaved(entry);
    const [sign, , word] = this.signs[entry.unsent] ?? [];
    tag.textContent = entry.unsent ? `${sign} ${word}: ${words.unsent}` : `● ${words.unsaved}`;
  }

  /** Reasons of a verdict that stands are saved again a moment after they were changed. */
  changed(entry) {
    clearTimeout(entry.timer);
    entry.timer = 0;
    this.showUnsaved(entry);
    if (entry.verdict !== "not_valid" || !this.isUnsaved(entry) || !ticked("codes", entry.panel).length) return;
    entry.timer = setTimeout(() => this.judge(entry, "not_valid", entry.verdictPage ?? entry.page, true), SETTLE);
  }

  /** Everything that is about to be saved is saved now. Returns the document where that is not enough. */
  async flush() {
    for (const entry of this.desk.documents) {
      if (entry.timer) this.judge(entry, "not_valid", entry.verdictPage ?? entry.page, true);
    }
    await Promise.all(this.desk.documents.map((entry) => entry.sending));
    return this.unsaved();
  }

  mark(entry, verdict) {
    const [sign, tone, word] = this.signs[verdict];
    const tab = one(`.docs a[data-doc="${entry.ordinal}"] .sign`);
    tab.textContent = sign;
    tab.className = `sign ${tone}`;
    const state = one(".state", entry.panel);
    state.className = `tag ${tone} state`;
    // One that stands since an earlier revision says so until it is given anew.
    if (entry.verdict !== verdict) [tab.title, state.textContent] = [word, `${sign} ${word}`];
    entry.verdict = verdict;
    for (const button of all(".judge [name=verdict]", entry.panel)) button.classList.toggle("on", button.value === verdict);
    const pass = one("#pass");
    if (pass) pass.disabled = this.desk.documents.some((other) => other.verdict && other.verdict !== "valid");
  }

  /** Says a verdict; one after the other for each document, so that the last one counts. `quiet` leaves the focus alone. */
  judge(entry, verdict, page = entry.page, quiet = false) {
    clearTimeout(entry.timer);
    entry.timer = 0;
    entry.sending = (entry.sending ?? Promise.resolve()).then(() => this.send(entry, verdict, page, quiet));
    return entry.sending;
  }

  async send(entry, verdict, page, quiet) {
    const { desk } = this;
    const reasons = one(".reasons", entry.panel);
    const codes = verdict === "not_valid" ? ticked("codes", entry.panel) : [];
    if (verdict === "not_valid" && !codes.length) {
      reasons.open = true;
      one("[name=codes]", entry.panel).focus();
      return;
    }
    say("");
    const about = verdict === "not_valid" && entry.pages.length ? page : null;
    const answer = await fetch(`/api/v1/tasks/${desk.task.id}/documents/${entry.ordinal}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "If-Match": `"${desk.task.fence}"` },
      body: JSON.stringify({ verdict, codes, page: about }),
    }).catch(() => null);
    const failed = await fault(answer);
    if (failed === "refused") return say(desk.words.refused);
    if (failed) {
      entry.pressed = true;
      this.settle(entry, verdict, about ?? undefined);
      return desk.failed(failed);
    }
    this.mark(entry, verdict);
    Object.assign(entry, { saved: codes, verdictPage: about ?? undefined });
    if (verdict !== "not_valid") {
      // Reasons belong to `not valid` alone; left ticked they would look as if they were sent.
      for (const box of all("[name=codes]", entry.panel)) box.checked = false;
      reasons.open = false;
    }
    if (!quiet) one("#stage").focus();
    this.settle(entry, "");
    this.changed(entry);
  }

  settle(entry, unsent, unsentPage) {
    Object.assign(entry, { unsent, unsentPage });
    this.showUnsaved(entry);
    this.desk.draft.changed();
  }

  /** The line is back: what was pressed is sent. What came too late under an earlier lease is not pressed again by itself. */
  resend() {
    for (const entry of this.desk.documents) {
      if (entry.unsent && entry.pressed) this.judge(entry, entry.unsent, entry.unsentPage);
    }
  }
}
