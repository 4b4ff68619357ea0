// Keeps the lease while somebody works, and counts down its last two minutes.

const EVERY = 60_000;
const SOON = 120_000;

/** Watches the lease of `task` (`{id, fence}`) that has `left` milliseconds to go; calls `lost()` once when it is gone. */
export function keepLease(task, left, label, words, lost) {
  // By the stopwatch: a wrong clock on this machine must neither end a lease nor stretch it.
  const now = () => performance.now();
  let end = now() + left;
  let active = false;
  let renewed = now();
  let over = false;
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(sign, () => { active = true; }, { passive: true });
  }
  const finish = () => {
    if (over) return;
    over = true;
    clearInterval(timer);
    label.textContent = "";
    lost();
  };
  const renew = async () => {
    active = false;
    renewed = now();
    const answer = await fetch(`/api/v1/tasks/${task.id}/renew`, {
      method: "POST", headers: { "If-Match": `"${task.fence}"` },
    }).catch(() => null);
    if (answer?.ok) end = now() + (await answer.json()).lease_left_ms;
    else if (answer?.status === 409 || answer?.status === 401) finish();
  };
  const tick = () => {
    const left = end - now();
    if (left <= 0) return finish();
    if (active && now() - renewed > EVERY) renew();
    const soon = left < SOON;
    label.classList.toggle("soon", soon);
    const seconds = Math.ceil(left / 1000);
    label.textContent = soon ? `${words.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
  };
  const timer = setInterval(tick, 1000);
  tick();
}
