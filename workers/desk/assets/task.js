// The desk of one task: documents as tabs, verdicts without a reload, everything by keys.
import { Viewer } from "./viewer.js";
import { keysAreOn, onKeys, switchKeys } from "./keys.js";
import { keepLease } from "./lease.js";
import { Draft, forgetAll } from "./draft.js";
import { send } from "./send.js";

const one = (query, root = document) => root.querySelector(query);
const all = (query, root = document) => [...root.querySelectorAll(query)];
const root = one("#task");
const words = one("#words").dataset;
const task = { id: root.dataset.id, fence: root.dataset.fence };
const held = "held" in root.dataset;
const SIGNS = { valid: ["✓", "good", words.valid], not_valid: ["✕", "bad", words.notValid], judge_again: ["↻", "warn", words.judgeAgain] };

const documents = all("[data-panel]").map((panel) => ({
  panel, ordinal: Number(panel.dataset.panel), pages: JSON.parse(panel.dataset.pages), type: panel.dataset.type,
  title: panel.dataset.title, unsent: panel.dataset.unsent, page: 1, original: false, views: new Map(),
}));
const asked = new URLSearchParams(location.search);
let current = documents.find((entry) => entry.ordinal === Number(asked.get("doc") ?? 0)) ?? documents[0];

const say = (text) => {
  const alert = one("#alert");
  alert.textContent = text;
  alert.hidden = !text;
  if (text) alert.scrollIntoView({ block: "nearest" });
};

// --- Pictures: each is fetched once and kept in memory, because a scan may not be kept by the browser's cache.
const pictures = new Map();
const address = (entry, variant) => `/api/v1/tasks/${task.id}/documents/${entry.ordinal}/pages/${entry.page}?variant=${variant}`;
const picture = (url) => {
  if (!pictures.has(url)) {
    const loading = fetch(url).then((answer) => answer.ok ? answer.blob() : Promise.reject(answer)).then(URL.createObjectURL);
    loading.catch(() => pictures.delete(url));
    pictures.set(url, loading);
  }
  return pictures.get(url);
};

const stage = one("#stage");
const img = one("#scan") ?? stage?.prepend(document.createElement("img")) ?? one("#stage img");
let viewer = null;
let wanted = "";
let size = null;

/** Puts a picture on the stage unless another page was asked for meanwhile. */
async function put(url) {
  const key = wanted;
  stage.classList.add("busy");
  try {
    const source = await picture(url);
    if (key !== wanted) return;
    const probe = new Image();
    probe.src = source;
    await probe.decode();
    if (key !== wanted) return;
    img.src = source;
    img.hidden = false;
    one("#nothing").hidden = true;
    return probe;
  } catch (answer) {
    if (key !== wanted) return;
    if (answer?.status === 404 && held) say(words.lost);
    else if (!answer?.status) say(words.offline);
    img.hidden = true;
    one("#nothing").hidden = false;
  } finally {
    if (key === wanted) stage.classList.remove("busy");
  }
}

const meta = () => current.pages.find((page) => page.page === current.page);

async function showPage() {
  const page = meta();
  wanted = `${current.ordinal}/${current.page}/${current.original}`;
  size = null;
  // Keys that come before the picture is there mean this page, not the one before.
  if (!current.views.has(wanted)) current.views.set(wanted, Viewer.fresh());
  viewer.view = current.views.get(wanted);
  img.alt = `${current.title}, ${words.page} ${current.page}`;
  one("#title").textContent = current.title;
  one("#pageno").textContent = `${words.page} ${current.page}/${current.pages.length}`;
  one("#notes").textContent = page?.notes ?? "";
  one("#original").href = address(current, "original");
  one("[data-act=original]").setAttribute("aria-pressed", current.original);
  const shows = current.original ? /^image\/(jpeg|png|webp)$/.test(current.type) : page?.normalized;
  if (!shows) {
    img.hidden = true;
    one("#nothing").hidden = false;
    return;
  }
  const shown = await put(address(current, current.original ? "original" : "preview"));
  if (!shown) return;
  const full = !current.original && page.width && page.height;
  const [width, height] = full ? [page.width, page.height] : [shown.naturalWidth, shown.naturalHeight];
  size = current.original ? null : shown.naturalWidth;
  viewer.show(width, height, viewer.view);
}

/** The preview is enough until it would be stretched. */
async function sharpen(pixels) {
  if (!size || pixels <= size * 1.05) return;
  size = null;
  await put(address(current, "normalized"));
}

function open(entry, page = entry.page) {
  if (!entry) return false;
  current = entry;
  current.page = Math.min(Math.max(page, 1), Math.max(entry.pages.length, 1));
  for (const { panel } of documents) panel.hidden = panel !== entry.panel;
  for (const tab of all(".docs a")) {
    const here = Number(tab.dataset.doc) === entry.ordinal;
    here ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
  }
  history.replaceState(null, "", `/desk/tasks/${task.id}?doc=${current.ordinal}&page=${current.page}`);
  showPage();
}

const turnPage = (step) => {
  const page = current.page + step;
  if (page >= 1 && page <= current.pages.length) open(current, page);
};

// --- Drafts: what is chosen and not sent.
const ticked = (name, root) => all(`[name=${name}]:checked`, root).map((box) => box.value);

function chosen() {
  const made = { documents: {}, checked: ticked("checked", document).map(Number), returned: ticked("codes", one("#return")), refused: ticked("codes", one("#refuse")) };
  for (const { ordinal, panel, unsent, unsentPage } of documents) {
    const codes = ticked("codes", panel);
    if (codes.length || unsent) made.documents[ordinal] = { codes, ...(unsent && { verdict: unsent, page: unsentPage ?? null }) };
  }
  return made;
}

/** Puts on the page what this tab held when it was loaded anew. */
function restore(kept) {
  const set = (boxes, values) => { for (const box of boxes) box.checked = values.includes(box.value); };
  set(all("[name=checked]"), kept.checked.map(String));
  set(all("#return [name=codes]"), kept.returned);
  set(all("#refuse [name=codes]"), kept.refused);
  for (const entry of documents) {
    const { codes = [], verdict = "", page } = kept.documents[entry.ordinal] ?? {};
    set(all("[name=codes]", entry.panel), codes);
    if (codes.length) one(".reasons", entry.panel).open = true;
    Object.assign(entry, { unsent: verdict, unsentPage: page });
  }
}

function showUnsent(entry) {
  const tag = one(".unsent", entry.panel);
  tag.hidden = !entry.unsent;
  tag.textContent = entry.unsent ? `${SIGNS[entry.unsent][0]} ${SIGNS[entry.unsent][2]}: ${words.unsent}` : "";
}

function tellLine(state, back) {
  const line = one("#line");
  if (state === "lost") return lose();
  if (state === "offline" || state === "signedOut") line.textContent = words[state];
  else if (back) line.textContent = words.online;
  line.className = state === "saved" ? "notice good" : "notice warn";
  line.hidden = state === "saved" && !back;
  // What came too late under an earlier lease is not pressed again by itself.
  if (back) for (const entry of documents) if (entry.unsent && entry.pressed) judge(entry, entry.unsent, entry.unsentPage);
}

const draft = held ? new Draft(task, chosen, tellLine) : null;
let gone = false;

function lose() {
  if (gone) return;
  gone = true;
  say(words.lost);
  for (const button of all(".decide button, .judge button")) button.disabled = true;
  for (const sheet of all(".sheet")) sheet.hidden = true;
}

/** What could not be sent is told and kept. */
function failed(fault) {
  if (fault === "offline") {
    draft.changed();
    draft.fail();
  } else if (fault === "lost") {
    draft.save();
    lose();
  } else say(words[fault]);
}

// --- Verdicts.
function mark(entry, verdict) {
  const [sign, tone, word] = SIGNS[verdict];
  const tab = one(`.docs a[data-doc="${entry.ordinal}"] .sign`);
  tab.textContent = sign;
  tab.title = word;
  tab.className = `sign ${tone}`;
  const state = one(".state", entry.panel);
  state.textContent = `${sign} ${word}`;
  state.className = `tag ${tone} state`;
  entry.verdict = verdict;
  for (const button of all(".judge [name=verdict]", entry.panel)) button.classList.toggle("on", button.value === verdict);
  one("#pass").disabled = documents.some((other) => other.verdict && other.verdict !== "valid");
}

async function judge(entry, verdict, page = entry.page) {
  const reasons = one(".reasons", entry.panel);
  const codes = verdict === "not_valid" ? all("[name=codes]:checked", entry.panel).map((box) => box.value) : [];
  if (verdict === "not_valid" && !codes.length) {
    reasons.open = true;
    one("[name=codes]", entry.panel).focus();
    return;
  }
  say("");
  const answer = await fetch(`/api/v1/tasks/${task.id}/documents/${entry.ordinal}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", "If-Match": `"${task.fence}"` },
    body: JSON.stringify({ verdict, codes, page: verdict === "not_valid" && entry.pages.length ? page : null }),
  }).catch(() => null);
  if (answer?.ok) {
    mark(entry, verdict);
    if (verdict !== "not_valid") reasons.open = false;
    stage.focus();
    settle(entry, "");
  } else if (!answer || answer.status >= 500 || answer.status === 409 || answer.status === 401) {
    entry.pressed = true;
    settle(entry, verdict, verdict === "not_valid" ? page : undefined);
    failed(answer?.status === 409 ? "lost" : answer?.status === 401 ? "signedOut" : "offline");
  } else say(words.refused);
}

function settle(entry, unsent, unsentPage) {
  Object.assign(entry, { unsent, unsentPage });
  showUnsent(entry);
  draft.changed();
}

function sheet(id) {
  if (!held || gone) return false;
  const details = one(`#${id}`);
  details.open = !details.open;
  if (details.open) one("input[type=checkbox]", details).focus();
}

/** In a list of reasons, digits tick the first nine and Enter saves. */
function listKeys(event) {
  const list = event.target.closest("fieldset");
  if (!list || event.ctrlKey || event.altKey || event.metaKey) return;
  const boxes = all("input", list);
  if (/^[1-9]$/.test(event.key)) boxes[Number(event.key) - 1].click();
  else if (event.key === "Enter") one("button[value=not_valid], button[name=outcome]", list.closest("form")).click();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = boxes.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    boxes[Math.min(Math.max(next, 0), boxes.length - 1)].focus();
  } else return;
  event.preventDefault();
}

/** Decides, or gives the task back, and goes on; the page stays when that fails. */
async function leave(event, form) {
  event.preventDefault();
  const buttons = all(".decide button").filter((button) => !button.disabled);
  // What the form says is read before its button is disabled: a disabled one says nothing.
  const sent = send(form, event.submitter);
  for (const button of buttons) button.disabled = true;
  say("");
  const { next, fault } = await sent;
  if (next) {
    draft.close();
    location.assign(next);
    return;
  }
  for (const button of buttons) button.disabled = false;
  failed(fault);
}

// --- Wiring.
const help = one("#help");
const acts = {
  previous: () => turnPage(-1), next: () => turnPage(1),
  in: () => viewer.zoom(1.25), out: () => viewer.zoom(0.8),
  page: () => viewer.fit("page"), width: () => viewer.fit("width"), full: () => viewer.fit("full"),
  turn: () => viewer.turn(1), original: () => { current.original = !current.original; showPage(); },
  help: () => help.open ? help.close() : help.showModal(),
};
const press = (verdict) => held && !gone ? judge(current, verdict) : false;
const pan = (dx, dy) => (event) => event.target.closest("a, button, summary, input") ? false : viewer.pan(dx, dy);

function wireKeys() {
  const keys = {
    "?": acts.help, "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.page, w: acts.width, f: acts.full, o: acts.original,
    r: (event) => viewer.turn(event.shiftKey ? -1 : 1), PageUp: acts.previous, PageDown: acts.next,
    ArrowLeft: pan(80, 0), ArrowRight: pan(-80, 0), ArrowUp: pan(0, 80), ArrowDown: pan(0, -80),
    v: () => { press("valid"); }, x: () => { press("not_valid"); }, j: () => { press("judge_again"); },
    l: () => held && !one("#pass").disabled ? one("#pass").click() : false,
    k: () => sheet("return"), t: () => sheet("refuse"), u: () => one("#undo button")?.click() ?? false,
    Escape: () => { for (const details of all(".sheet[open]")) details.open = false; stage.focus(); },
  };
  for (let digit = 1; digit <= 9; digit += 1) keys[digit] = () => open(documents[digit - 1]);
  onKeys(keys);
}

function wirePage() {
  one("#tools").hidden = false;
  one("#tools").addEventListener("click", (event) => acts[event.target.closest("button")?.dataset.act]?.());
  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-doc]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(documents.find((entry) => entry.ordinal === Number(link.dataset.doc)), Number(link.dataset.page ?? 0) || undefined);
  });
  for (const entry of documents) {
    one(".judge", entry.panel)?.addEventListener("submit", (event) => {
      event.preventDefault();
      judge(entry, event.submitter?.value ?? "valid");
    });
  }
  for (const form of all(".sheet form:has([name=codes])")) {
    form.addEventListener("submit", (event) => {
      if (one("[name=codes]:checked", form) || documents.some((entry) => entry.verdict === "not_valid")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      say(words.reason);
    });
  }
  for (const form of all(".decide form")) form.addEventListener("submit", (event) => leave(event, form));
  for (const details of all(".sheet")) {
    details.addEventListener("toggle", () => { if (details.open) for (const other of all(".sheet[open]")) if (other !== details) other.open = false; });
  }
  addEventListener("change", (event) => { if (event.target.closest("#task")) draft?.changed(); });
  addEventListener("submit", (event) => { if (event.target.action.endsWith("/logout")) forgetAll(); });
  addEventListener("keydown", listKeys);
  const box = one("#keys-on");
  box.checked = keysAreOn();
  box.addEventListener("change", () => switchKeys(box.checked));
  addEventListener("pagehide", () => { for (const loading of pictures.values()) loading.then(URL.revokeObjectURL, () => {}); });
}

if (documents.length) {
  viewer = new Viewer(stage, img, sharpen);
  wirePage();
  wireKeys();
  for (const entry of documents) {
    const tone = Object.keys(SIGNS).find((verdict) => one(".state", entry.panel).textContent.trim().startsWith(SIGNS[verdict][0]));
    if (tone && held) mark(entry, tone);
  }
  const kept = draft?.held();
  if (kept) restore(kept);
  for (const entry of documents) showUnsent(entry);
  if (kept) draft.save();
  open(current, Number(asked.get("page") ?? 1));
  stage.focus();
}
if (held) {
  keepLease(task, Number(root.dataset.leaseMs), one("#lease"), words, () => {
    draft.save();
    lose();
  });
}
