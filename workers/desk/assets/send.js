// Sends a form without leaving the page, so that a dead line does not take away what stands on it.

/** What a refusal means: `offline`, `signedOut`, `locked`, `lost` or `refused`; nothing when it is none. */
export function fault(answer) {
  if (!answer || answer.status >= 500) return "offline";
  if (answer.status === 401) return "signedOut";
  if (answer.status === 423) return "locked";
  // A form whose session ended or is locked is led to the page for that.
  if (answer.redirected) return new URL(answer.url).pathname === "/unlock" ? "locked" : "signedOut";
  if (answer.status === 409) return "lost";
  return answer.ok ? "" : "refused";
}

/** Sends `fields` to where `form` goes. Returns `{ next }`, or `{ fault }`. */
export async function send(form, fields) {
  const answer = await fetch(form.action, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields),
  }).catch(() => null);
  const failed = fault(answer);
  return failed ? { fault: failed } : answer.json();
}
