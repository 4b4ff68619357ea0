// The side of the scan: which page of which document is on the stage, the original beside it, and how each is looked at.
import { all, one, remember, remembered, say } from "./dom.js";
import { fault } from "./send.js";
import { Viewer } from "./viewer.js";

/** What a browser can show as it was sent; of anything else the server draws the page. */
const SHOWN = /^image\/(jpeg|png|webp)$/;

/** One window: pages as the normalizer made them, or files as they were sent. */
class Pane {
  constructor(scans, stage, original) {
    Object.assign(this, { scans, stage, original, wanted: "", size: null, failed: false });
    this.nothing = one(".nothing", stage);
    this.viewer = new Viewer(stage, (pixels) => this.sharpen(pixels), scans.desk.signal);
  }

  async show() {
    const { current: entry } = this.scans.desk;
    const page = this.scans.page();
    const half = this.original ? "" : entry.half;
    this.wanted = `${entry.ordinal}/${entry.page}/${this.original ? "original" : half || "page"}`;
    this.size = null;
    // Keys that come before the picture is there mean this page, not the one before; and that one is not to be seen below
    // the title of this one.
    this.viewer.view = this.scans.view(this.wanted);
    this.viewer.clear();
    this.tell(false);
    if (!this.original && !page?.normalized) return this.tell(true);
    const sent = SHOWN.test(entry.type) ? "original" : "original_page";
    const img = await this.load(this.original ? sent : half || "preview");
    if (!img) return;
    const full = !this.original && !half && page.width && page.height;
    const [width, height] = full ? [page.width, page.height] : [img.naturalWidth, img.naturalHeight];
    this.size = this.original || half ? null : img.naturalWidth;
    this.viewer.show(width, height, this.viewer.view);
  }

  /** Whether there is nothing to be shown, which is then said. */
  tell(nothing) {
    this.failed = false;
    this.nothing.hidden = !nothing;
  }

  /** Puts a picture on the stage unless another page was asked for meanwhile. */
  async load(variant) {
    const { wanted, stage } = this;
    const busy = (is) => {
      stage.classList.toggle("busy", is);
      stage.setAttribute("aria-busy", is);
    };
    busy(true);
    try {
      const img = await this.scans.desk.pictures.get(this.scans.address(variant));
      if (wanted !== this.wanted) return;
      img.alt = `${this.scans.desk.current.title}, ${this.scans.pageName(!this.original)}`;
      img.id = this.original ? "sent" : "scan";
      this.viewer.put(img);
      return img;
    } catch (answer) {
      if (wanted !== this.wanted) return;
      this.tell(true);
      // What cannot be drawn will not be drawn later; the file itself is offered.
      if (answer?.status === 422) return;
      this.failed = true;
      this.scans.missed(answer?.status ? answer : null);
    } finally {
      if (wanted === this.wanted) busy(false);
    }
  }

  /** The preview is enough until it would be stretched. */
  async sharpen(pixels) {
    if (!this.size || pixels <= this.size * 1.05) return;
    this.size = null;
    if (await this.load("normalized")) this.viewer.draw();
  }
}

export class Scans {
  constructor(desk) {
    this.desk = desk;
    this.key = `berkas.view.${desk.task.id}`;
    const kept = remembered(this.key) ?? {};
    this.views = new Map(Object.entries(kept.views ?? {}));
    for (const entry of desk.documents) entry.page = kept.pages?.[entry.ordinal] ?? 1;
    const stage = one("#stage");
    this.main = new Pane(this, stage, false);
    this.beside = new Pane(this, one("#beside"), true);
    this.adopt(one("img", stage));
    this.compare(Boolean(kept.beside), false);
    const leaving = new AbortController();
    addEventListener("pagehide", () => this.keep(), { signal: AbortSignal.any([desk.signal, leaving.signal]) });
    addEventListener("berkas:sign-out", () => leaving.abort(), { signal: desk.signal });
    addEventListener("online", () => this.again(), { signal: desk.signal });
    addEventListener("berkas:lock", () => this.hide(), { signal: desk.signal });
    addEventListener("berkas:unlock", () => this.show(), { signal: desk.signal });
    one("#pages").addEventListener("click", (event) => this.pick(event));
  }

  /** The picture that came with the page is the first of the document that is open. */
  adopt(img) {
    if (!img) return;
    this.desk.pictures.adopt(img.getAttribute("src"), img);
    this.main.viewer.img = img;
  }

  address(variant) {
    const { task, current } = this.desk;
    return `/api/v1/tasks/${task.id}/documents/${current.ordinal}/pages/${current.page}?variant=${variant}`;
  }

  page() {
    const { current } = this.desk;
    return current.pages.find((page) => page.page === current.page);
  }

  /** The page by its number, and which half of it where one is asked for and shown. */
  pageName(halves = true) {
    const { current, words } = this.desk;
    const half = halves && current.half && ` ${words[`${current.half}Page`]}`;
    return `${words.page} ${current.page}${half || ""}`;
  }

  view(key) {
    if (!this.views.has(key)) this.views.set(key, Viewer.fresh());
    return this.views.get(key);
  }

  /** How everything is looked at is kept for a reload: numbers only. */
  keep() {
    const pages = Object.fromEntries(this.desk.documents.map((entry) => [entry.ordinal, entry.page]));
    remember(this.key, { beside: this.isBeside(), pages, views: Object.fromEntries(this.views) });
  }

  forget() {
    sessionStorage.removeItem(this.key);
  }

  panes() {
    return this.isBeside() ? [this.main, this.beside] : [this.main];
  }

  each(act) {
    for (const { viewer } of this.panes()) act(viewer);
  }

  isBeside() {
    return !this.beside.stage.hidden;
  }

  compare(beside, show = true) {
    this.beside.stage.hidden = !beside;
    one("#tools [data-act=beside]").setAttribute("aria-pressed", beside);
    if (!show) return;
    if (beside) this.beside.show();
    else this.beside.viewer.clear();
  }

  /** Behind a lock no picture is left, in the document or in memory. */
  hide() {
    this.keep();
    for (const pane of this.panes()) {
      pane.wanted = "";
      pane.viewer.clear();
    }
    this.desk.pictures.drop();
  }

  /** What did not come while the line was down is asked for again. */
  again() {
    for (const pane of this.panes()) if (pane.failed) pane.show();
  }

  async missed(answer) {
    const failed = await fault(answer);
    if (failed === "refused" && this.desk.held) this.desk.told("lost");
    else if (failed === "offline" || failed === "signedOut") say(this.desk.words[failed]);
  }

  show() {
    const { current, words } = this.desk;
    const page = this.page();
    one("#title").textContent = current.title;
    const half = current.half && ` ${words[`${current.half}Page`]}`;
    one("#pageno").textContent = `${words.page} ${current.page}/${current.pages.length}${half}`;
    one("#tools [data-act=halves]").hidden = !page?.halves;
    one("#notes").textContent = page?.notes ?? "";
    for (const link of all(".nothing a")) link.href = this.address("original");
    this.list();
    for (const pane of this.panes()) pane.show();
  }

  turnPage(step) {
    const { current } = this.desk;
    const page = current.page + step;
    if (page >= 1 && page <= current.pages.length) this.desk.open(current, page);
  }

  /** Shows the left page of a double page, then the right one, then both again. */
  turnHalf() {
    const { current } = this.desk;
    if (!this.page()?.halves) return false;
    current.half = { "": "left", left: "right", right: "" }[current.half];
    this.show();
  }

  /** Every page of the document as a button; which of them the normalizer says something of is marked. */
  list() {
    const { current, words } = this.desk;
    const pages = one("#pages");
    const single = current.pages.length < 2;
    pages.classList.toggle("single", single);
    one("summary", pages).tabIndex = single ? -1 : 0;
    one(".grid", pages).replaceChildren(...current.pages.map((page) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: page.page });
      button.dataset.page = page.page;
      button.setAttribute("aria-label", `${words.page} ${page.page}${page.notes ? `, ${page.notes}` : ""}`);
      if (page.page === current.page) button.setAttribute("aria-current", "page");
      if (page.notes) {
        button.title = page.notes;
        button.append(Object.assign(document.createElement("span"), { className: "sign warn", textContent: " !" }));
      }
      return button;
    }));
  }

  openList() {
    const pages = one("#pages");
    if (pages.classList.contains("single")) return false;
    pages.open = !pages.open;
    if (pages.open) one("[aria-current]", pages).focus();
  }

  pick(event) {
    const page = Number(event.target.closest("[data-page]")?.dataset.page);
    if (!page) return;
    one("#pages").open = false;
    this.desk.open(this.desk.current, page);
    this.main.stage.focus();
  }
}
