// Hears what happens to tasks while the page is looked at: a hidden one holds no connection.

const KINDS = ["hello", "task", "lease_soon", "lease_ended", "handed", "taken_back"];

/** Calls `told(kind, id)` for every event; `hello` when the connection is made, since something may have been missed before. */
export function listen(told) {
  let source = null;
  const close = () => { source?.close(); source = null; };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource("/api/v1/events");
    for (const kind of KINDS) source.addEventListener(kind, (event) => told(kind, JSON.parse(event.data).id ?? null));
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}
