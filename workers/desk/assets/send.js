// Sends a form without leaving the page, so that a dead line does not take away what stands on it.

/** What each word of a refusal is called here; any other is `refused`. */
const CODES = { lease_lost: "lost", decided_otherwise: "otherwise", not_all_judged: "unjudged" };

/** The word for a refusal: by its code, or by the field that it is about. */
async function word(answer) {
  const told = await answer.clone().json().catch(() => null);
  return CODES[told?.code] ?? (told?.errors?.some(({ pointer }) => pointer === "/note") ? "note" : "refused");
}

/** What a refusal means: `offline`, `signedOut`, `locked`, `lost`, `otherwise`, `unjudged`, `note` or `refused`; nothing when it is none. */
export async function fault(answer) {
  if (!answer || answer.status >= 500) return "offline";
  if (answer.status === 401) return "signedOut";
  if (answer.status === 423) return "locked";
  // A form whose session ended or is locked is led to the page for that.
  if (answer.redirected) return new URL(answer.url).pathname === "/unlock" ? "locked" : "signedOut";
  return answer.ok ? "" : word(answer);
}

/** Sends `fields` to where `form` goes. Returns `{ next }`, or `{ fault }`. */
export async function send(form, fields) {
  const answer = await fetch(form.action, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields),
  }).catch(() => null);
  const failed = await fault(answer);
  return failed ? { fault: failed } : answer.json();
}
