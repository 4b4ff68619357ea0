// Keeps the lease while somebody works, and counts down its last two minutes.

const EVERY = 60_000;
const SOON = 120_000;

/**
 * Watches the lease of `task` (`{id, fence}`) that has `left` milliseconds to go. `told` hears `lost` once when it is gone, and
 * `signedOut` when it cannot be renewed because nobody is signed in: then it runs on, and may come back to life.
 */
export function keepLease(task, left, label, words, told, signal) {
  // By the stopwatch: a wrong clock on this machine must neither end a lease nor stretch it.
  const now = () => performance.now();
  let end = now() + left;
  let active = false;
  let away = false;
  let renewed = now();
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(sign, () => { active = true; }, { passive: true, signal });
  }
  // Behind a locked page nobody is active, and the task is kept for who comes back; the server says for how long.
  addEventListener("berkas:lock", () => { away = true; }, { signal });
  addEventListener("berkas:unlock", () => { away = false; }, { signal });
  const finish = () => {
    clearInterval(timer);
    label.textContent = "";
    told("lost");
  };
  const renew = async () => {
    active = false;
    renewed = now();
    const answer = await fetch(`/api/v1/tasks/${task.id}/renew`, {
      method: "POST", headers: { "If-Match": `"${task.fence}"` },
    }).catch(() => null);
    if (signal.aborted) return;
    if (answer?.ok) end = now() + (await answer.json()).lease_left_ms;
    else if (answer?.status === 409) finish();
    else if (answer?.status === 401) told("signedOut");
  };
  const tick = () => {
    const left = end - now();
    if (left <= 0) return finish();
    if ((active || away) && now() - renewed > EVERY) renew();
    const soon = left < SOON;
    label.classList.toggle("soon", soon);
    const seconds = Math.ceil(left / 1000);
    label.textContent = soon ? `${words.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
  };
  const timer = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  tick();
}
