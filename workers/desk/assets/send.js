// Sends a form without leaving the page, so that a dead line does not take away what stands on it.

/** Sends `form` as `button` would. Returns `{ next }`, or `{ fault }`: `offline`, `signedOut`, `lost` or `refused`. */
export async function send(form, button) {
  const answer = await fetch(form.action, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form, button)),
  }).catch(() => null);
  if (!answer || answer.status >= 500) return { fault: "offline" };
  if (answer.redirected) return { fault: "signedOut" };
  if (answer.status === 409) return { fault: "lost" };
  return answer.ok ? answer.json() : { fault: "refused" };
}
