// Single keys. The list that `?` shows is the table: what it does not name does nothing, and each key can be changed or all of
// them switched off (WCAG 2.1.4), for this browser. None fires while somebody types, or with Ctrl, Alt or Meta.
import { all, one } from "./dom.js";

const KEPT = "berkas.keys";
const NAMES = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page Up", PageDown: "Page Down", Escape: "Esc", " ": "Spasi",
  "-": "−",
};

/** What this browser was told: `{ off, keys: { act: key } }`. */
function told() {
  try {
    return { off: false, keys: {}, ...JSON.parse(localStorage.getItem(KEPT)) };
  } catch {
    return { off: false, keys: {} };
  }
}
const tell = (change) => localStorage.setItem(KEPT, JSON.stringify({ ...told(), ...change }));

const types = (target) =>
  target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])") !== null;

/** A key by the name under which it stands in the table. */
function nameOf(event) {
  if (event.key.length > 1) return event.key;
  const key = event.key.toLowerCase();
  return event.shiftKey && key !== event.key.toUpperCase() ? `Shift+${key}` : key;
}
const shown = (key) => key.split("+").filter(Boolean).map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" + ") || key;

export class Keys {
  /** `acts[name](event)` does what the table calls `name`; one that returns `false` leaves the key to the browser. */
  constructor(acts, signal) {
    Object.assign(this, { acts, help: one("#help"), changing: null });
    this.rows = all("[data-act]", this.help);
    addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.help.addEventListener("click", (event) => this.clicked(event), { signal });
    this.help.addEventListener("close", () => this.change(null), { signal });
    const box = one("#keys-on", this.help);
    box.checked = !told().off;
    box.addEventListener("change", () => tell({ off: !box.checked }), { signal });
    for (const opener of all("[data-help]")) {
      opener.hidden = false;
      opener.addEventListener("click", () => this.toggle(), { signal });
    }
    this.draw();
  }

  key(row) {
    return told().keys[row.dataset.act] ?? row.dataset.key;
  }

  row(key) {
    return this.rows.find((row) => this.key(row) === key) ??
      this.rows.find((row) => row.dataset.key === "1-9" && /^[1-9]$/.test(key)) ??
      this.rows.find((row) => row.dataset.also === key);
  }

  toggle() {
    if (this.help.open) this.help.close();
    else this.help.showModal();
  }

  pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (this.changing) return this.taken(event);
    if (types(event.target)) return;
    const row = this.row(nameOf(event));
    if (!row || (told().off && event.key !== "Escape")) return;
    const { act, repeats } = row.dataset;
    // A dialog that is open has the keyboard to itself.
    if (one("dialog[open]") && !(act === "help" && this.help.open)) return;
    // A key held down pans and zooms; it does not say one verdict after the other.
    if (event.repeat && repeats === undefined) return event.preventDefault();
    const does = act === "help" ? () => this.toggle() : this.acts[act];
    if (!does || does(event) === false) return;
    event.preventDefault();
  }

  // --- Changing a key.
  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.reset !== undefined) {
      tell({ keys: {} });
      this.draw();
    } else if (button.closest("[data-act]")) this.change(button.closest("[data-act]"));
  }

  change(row) {
    this.changing = row;
    this.draw();
  }

  taken(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (["Shift", "CapsLock", "AltGraph"].includes(event.key)) return;
    const key = nameOf(event);
    const row = this.changing;
    if (!["Escape", "Enter", "Tab"].includes(event.key) && !/^[0-9]$/.test(event.key)) {
      const keys = { ...told().keys };
      // Who had that key gets the other one.
      const other = this.rows.find((one) => one !== row && this.key(one) === key);
      if (other) keys[other.dataset.act] = this.key(row);
      keys[row.dataset.act] = key;
      tell({ keys });
    }
    this.change(null);
    one("button", row).focus();
  }

  /** Writes the keys into the table and wherever the page names one. */
  draw() {
    for (const row of this.rows) {
      const key = shown(this.key(row));
      const button = one("button", row);
      const waits = row === this.changing;
      if (button) {
        button.textContent = waits ? this.help.dataset.press : key;
        button.setAttribute("aria-label", `${one("span", row).textContent}: ${waits ? this.help.dataset.press : key}`);
      }
      for (const hint of all(`kbd[data-of="${row.dataset.act}"]`)) hint.textContent = key;
      const name = one("span", row).textContent;
      for (const tool of all(`#tools [data-act="${row.dataset.act}"]`)) {
        tool.title = `${name.charAt(0).toUpperCase()}${name.slice(1)} (${key})`;
      }
    }
  }
}
