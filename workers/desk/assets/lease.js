// Keeps the lease while somebody works, and counts down its last two minutes.

const EVERY = 60_000;
const SOON = 120_000;

/** Watches the lease of `task` (`{id, fence}`) that ends at `until`; calls `lost()` once when it is gone. */
export function keepLease(task, until, label, words, lost) {
  let end = Date.parse(until);
  let active = false;
  let renewed = Date.now();
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
    renewed = Date.now();
    const answer = await fetch(`/api/v1/tasks/${task.id}/renew`, {
      method: "POST", headers: { "If-Match": `"${task.fence}"` },
    }).catch(() => null);
    if (answer?.ok) end = Date.parse((await answer.json()).lease_until);
    else if (answer?.status === 409 || answer?.status === 401) finish();
  };
  const tick = () => {
    const left = end - Date.now();
    if (left <= 0) return finish();
    if (active && Date.now() - renewed > EVERY) renew();
    const soon = left < SOON;
    label.classList.toggle("soon", soon);
    const seconds = Math.ceil(left / 1000);
    label.textContent = soon ? `${words.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
  };
  const timer = setInterval(tick, 1000);
  tick();
}
