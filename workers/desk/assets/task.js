// The desk of one task: documents as tabs, verdicts without a reload, everything by keys.
import { all, one, say } from "./dom.js";
import { Draft } from "./draft.js";
import { Keys } from "./keys.js";
import { keepLease } from "./lease.js";
import { goOn, lookAhead } from "./next.js";
import { Pictures } from "./pictures.js";
import { Scans } from "./scans.js";
import { send } from "./send.js";
import { Verdicts, ticked } from "./verdicts.js";

/** Everything on the page of one task, until the next one takes its place. */
class Desk {
  constructor(pictures) {
    const root = one("#task");
    this.pictures = pictures;
    this.ending = new AbortController();
    this.signal = this.ending.signal;
    this.words = one("#words").dataset;
    this.task = { id: root.dataset.id, fence: root.dataset.fence };
    this.held = "held" in root.dataset;
    this.gone = false;
    this.documents = all("[data-panel]").map((panel) => ({
      panel, ordinal: Number(panel.dataset.panel), pages: JSON.parse(panel.dataset.pages), type: panel.dataset.type,
      title: panel.dataset.title, verdict: panel.dataset.verdict, saved: JSON.parse(panel.dataset.saved),
      verdictPage: Number(panel.dataset.verdictPage) || undefined, unsent: panel.dataset.unsent, page: 1, half: "",
    }));
    const asked = new URLSearchParams(location.search);
    this.current = this.documents.find((entry) => entry.ordinal === Number(asked.get("doc") ?? 0)) ?? this.documents[0];
    if (this.held) this.hold(Number(root.dataset.leaseMs));
    if (this.documents.length) this.show(Number(asked.get("page")) || undefined);
    this.wire();
  }

  /** What only who holds the task has: a draft and a lease. */
  hold(left) {
    this.draft = new Draft(this.task, () => this.chosen(), (state, back) => this.told(state, back), this.signal);
    keepLease(this.task, left, one("#lease"), this.words, (state) => this.leaseTold(state), this.signal);
    addEventListener("berkas:lock", (event) => {
      sessionStorage.setItem("berkas.held", JSON.stringify(this.task));
      event.detail.wait.push(this.verdicts?.flush(), this.draft.save());
    }, { signal: this.signal });
    addEventListener("berkas:unlock", () => {
      sessionStorage.removeItem("berkas.held");
      this.draft.save();
    }, { signal: this.signal });
  }

  show(page) {
    this.scans = new Scans(this);
    this.verdicts = new Verdicts(this);
    const kept = this.draft?.held();
    if (kept) this.restore(kept);
    this.verdicts.start();
    if (kept) this.draft.save();
    this.open(this.current, page);
    one("#stage").focus();
  }

  open(entry, page = entry?.page) {
    if (!entry) return false;
    this.current = entry;
    entry.page = Math.min(Math.max(page, 1), Math.max(entry.pages.length, 1));
    entry.half = "";
    for (const { panel } of this.documents) panel.hidden = panel !== entry.panel;
    for (const tab of all(".docs a")) {
      const here = Number(tab.dataset.doc) === entry.ordinal;
      here ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
    }
    history.replaceState(null, "", `/desk/tasks/${this.task.id}?doc=${entry.ordinal}&page=${entry.page}`);
    this.scans.show();
  }

  // --- Drafts: what is chosen and not sent.
  chosen() {
    const made = {
      documents: {}, checked: ticked("checked", document).map(Number),
      returned: ticked("codes", one("#return")), refused: ticked("codes", one("#refuse")),
    };
    for (const { ordinal, panel, unsent, unsentPage } of this.documents) {
      const codes = ticked("codes", panel);
      if (codes.length || unsent) made.documents[ordinal] = { codes, ...(unsent && { verdict: unsent, page: unsentPage ?? null }) };
    }
    return made;
  }

  /** Puts on the page what this tab held when it was loaded anew. */
  restore(kept) {
    const set = (boxes, values) => { for (const box of boxes) box.checked = values.includes(box.value); };
    set(all("[name=checked]"), kept.checked.map(String));
    set(all("#return [name=codes]"), kept.returned);
    set(all("#refuse [name=codes]"), kept.refused);
    for (const entry of this.documents) {
      const { codes = [], verdict = "", page } = kept.documents[entry.ordinal] ?? {};
      set(all("[name=codes]", entry.panel), codes);
      if (codes.length) one(".reasons", entry.panel).open = true;
      Object.assign(entry, { unsent: verdict, unsentPage: page });
    }
  }

  // --- What the server and the line say.
  told(state, back) {
    const line = one("#line");
    if (state === "lost") return this.lose();
    if (state === "locked") return dispatchEvent(new Event("berkas:lock-now"));
    if (state === "offline" || state === "signedOut") line.textContent = this.words[state];
    else if (back) line.textContent = this.words.online;
    line.className = state === "saved" ? "notice good" : "notice warn";
    line.hidden = state === "saved" && !back;
    if (back) this.verdicts?.resend();
  }

  leaseTold(state) {
    if (state === "lost") this.draft.save();
    this.told(state);
  }

  /** Nothing more can be said to this task under this token: `why` says it. */
  lose(why = "lost") {
    if (this.gone) return;
    this.gone = true;
    say(this.words[why]);
    for (const button of all(".decide button, .judge button")) button.disabled = true;
    for (const sheet of all(".sheet")) sheet.hidden = true;
  }

  /** What could not be sent is told and kept. */
  failed(fault) {
    if (fault === "offline") {
      this.draft.changed();
      this.draft.fail();
    } else if (fault === "lost") {
      this.draft.save();
      this.lose();
    } else if (fault === "signedOut" || fault === "locked") {
      this.draft.changed();
      this.told(fault);
    } else if (fault === "otherwise") {
      this.draft.close();
      this.lose(fault);
    } else if (fault === "unjudged") this.askAll();
    else say(this.words[fault]);
  }

  // --- Decisions.
  sheet(id) {
    if (!this.held || this.gone) return false;
    const details = one(`#${id}`);
    details.open = !details.open;
    if (details.open) one("input[type=checkbox], button", details).focus();
  }

  /** The documents that nobody has judged. */
  unjudged() {
    return this.documents.filter((entry) => !entry.verdict);
  }

  /** Names what was not judged, and asks whether all of it is valid. */
  askAll() {
    const details = one("#all");
    one(".missing", details).textContent = this.unjudged().map((entry) => entry.title).join("; ");
    if (!details.open) this.sheet("all");
  }

  /** Decides, or gives the task back, and goes on; the page stays when that fails. */
  async leave(event, form) {
    event.preventDefault();
    const start = performance.now();
    const decides = form.action.endsWith("/decision");
    const buttons = all(".decide button").filter((button) => !button.disabled);
    // What the form says is read before its button is disabled: a disabled one says nothing.
    const button = event.submitter;
    const fields = new FormData(form, button);
    for (const other of buttons) other.disabled = true;
    say("");
    const unsaved = decides ? await this.verdicts?.flush() : undefined;
    // After what was pressed last is saved: it may have been the last one that was open.
    const open = button?.id === "pass" && !unsaved && this.unjudged().length > 0;
    const { next, fault } = unsaved || open || this.gone ? {} : await send(form, fields);
    if (next) return this.go(next, start);
    for (const other of buttons) other.disabled = this.gone;
    if (unsaved && !this.gone) this.point(unsaved);
    else if (open && !this.gone) this.askAll();
    else if (fault) this.failed(fault);
    if (fault === "note") one("textarea", form).focus();
  }

  async go(next, start) {
    this.draft.close();
    this.scans?.forget();
    await goOn(next, this.pictures, () => {
      this.ending.abort();
      begin(this.pictures);
    });
    await new Promise(requestAnimationFrame);
    performance.measure("berkas.next", { start });
  }

  /** Shows what has to be saved before anything is decided. */
  point(entry) {
    for (const details of all(".sheet[open]")) details.open = false;
    this.open(entry);
    say(`${entry.title}: ${ticked("codes", entry.panel).length ? this.words.unsavedFirst : this.words.unsavedNone}`);
    one(".reasons", entry.panel).open = true;
    one("[name=codes]", entry.panel).focus();
  }

  // --- Wiring.
  wire() {
    const { signal, verdicts, scans } = this;
    const press = (verdict) => { this.held && !this.gone && verdicts ? verdicts.judge(this.current, verdict) : undefined; };
    const view = (act) => () => scans ? scans.each(act) : false;
    const pan = (dx, dy) => (event) =>
      scans && !event?.target.closest("summary, input, .grid") && !(event?.type === "keydown" && event.target.closest("a, button"))
        ? scans.each((viewer) => viewer.pan(dx, dy)) : false;
    this.acts = {
      previous: () => { scans?.turnPage(-1); }, next: () => { scans?.turnPage(1); }, list: () => scans?.openList(),
      in: view((viewer) => viewer.zoom(1.25)), out: view((viewer) => viewer.zoom(0.8)),
      page: view((viewer) => viewer.fit("page")), width: view((viewer) => viewer.fit("width")),
      full: view((viewer) => viewer.fit("full")), turn: view((viewer) => viewer.turn(1)), back: view((viewer) => viewer.turn(-1)),
      left: pan(80, 0), right: pan(-80, 0), up: pan(0, 80), down: pan(0, -80),
      beside: () => scans?.compare(!scans.isBeside()),
      halves: () => scans?.turnHalf(),
      document: (event) => this.open(this.documents[Number(event.key) - 1]),
      valid: () => press("valid"), invalid: () => press("not_valid"), again: () => press("judge_again"),
      pass: () => this.held && !one("#pass").disabled ? one("#pass").click() : false,
      return: () => this.sheet("return"), refuse: () => this.sheet("refuse"),
      undo: () => one("form[action$='/undo'] button")?.click() ?? false,
      lock: () => { dispatchEvent(new Event("berkas:lock-now")); },
      close: () => {
        for (const details of all(".sheet[open], #pages[open]")) details.open = false;
        one("#stage")?.focus();
      },
    };
    // First, so that a digit in a list of reasons is the list's.
    addEventListener("keydown", (event) => this.listKeys(event), { signal });
    new Keys(this.acts, signal);
    addEventListener("click", (event) => this.jump(event), { signal });
    addEventListener("change", (event) => { if (event.target.closest("#task") && event.target.name !== "note") this.draft?.changed(); }, { signal });
    // It is opened by the key and the button for a pass, where there is something to ask.
    const asking = one("#all > summary");
    if (asking) asking.hidden = true;
    const tools = one("#tools");
    if (tools) tools.hidden = false;
    tools?.addEventListener("click", (event) => this.acts[event.target.closest("button")?.dataset.act]?.());
    this.wireForms();
    if (this.held) this.lookAhead();
  }

  wireForms() {
    for (const form of all(".sheet form:has([name=codes])")) {
      form.addEventListener("submit", (event) => {
        if (one("[name=codes]:checked", form) || this.documents.some((entry) => entry.verdict === "not_valid")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        say(this.words.reason);
      });
    }
    // How much of a note is written; the words themselves go nowhere before they are sent.
    for (const note of all(".sheet textarea")) {
      const count = () => { one(".count", note.closest(".note")).textContent = `${note.value.length}/${note.maxLength}`; };
      note.addEventListener("input", count);
      count();
    }
    for (const form of all(".decide form")) form.addEventListener("submit", (event) => this.leave(event, form));
    for (const details of all(".sheet")) {
      details.addEventListener("toggle", () => {
        if (details.open) for (const other of all(".sheet[open]")) if (other !== details) other.open = false;
      });
    }
  }

  /** Once this page is there, the next one may come; before long, even where the browser finds no idle moment. */
  lookAhead() {
    const ask = () => { if (!this.signal.aborted) lookAhead(this.pictures); };
    const soon = () => requestIdleCallback(ask, { timeout: 1000 });
    if (document.readyState === "complete") soon();
    else addEventListener("load", soon, { once: true, signal: this.signal });
  }

  /** A line of findings or checklist leads to its document and page, and to its field of the form. */
  jump(event) {
    const link = event.target.closest("a[data-doc], a[data-field]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { doc, page, field } = link.dataset;
    if (doc !== undefined) this.open(this.documents.find((entry) => entry.ordinal === Number(doc)), Number(page) || undefined);
    if (!field) return;
    for (const fact of all(".facts .here")) fact.classList.remove("here");
    const fact = document.getElementById(field);
    if (!fact) return;
    fact.classList.add("here");
    fact.scrollIntoView({ block: "center" });
    fact.tabIndex = -1;
    fact.focus({ preventScroll: true });
  }

  /** In a list of reasons, digits tick the first nine and Enter saves. */
  listKeys(event) {
    const list = event.target.closest("fieldset");
    if (!list || event.ctrlKey || event.altKey || event.metaKey) return;
    const boxes = all("input", list);
    if (event.repeat && !event.key.startsWith("Arrow")) return event.preventDefault();
    if (/^[1-9]$/.test(event.key)) boxes[Number(event.key) - 1]?.click();
    else if (event.key === "Enter") one("button[value=not_valid], button[name=outcome]", list.closest("form")).click();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = boxes.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      // Behind the last of them is the note, where there is one.
      const note = next === boxes.length ? one("textarea", list.closest("form")) : null;
      (note ?? boxes[Math.min(Math.max(next, 0), boxes.length - 1)]).focus();
    } else return;
    event.preventDefault();
  }
}

const begin = (pictures) => new Desk(pictures);

// Back from a page that was put in the place of another one: loaded as a whole.
addEventListener("popstate", () => location.reload());
begin(new Pictures());
