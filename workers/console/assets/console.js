// Keeps the page fresh: fetches itself and replaces what is live, without losing focus or an open form.

const EVERY = 5_000;
const fresh = document.querySelector("#fresh");
const live = () => document.querySelector("#live");

/** Somebody is choosing a reason: leave the page alone until that is done. */
const inUse = () => live().contains(document.activeElement) && document.activeElement.matches("select, input, textarea, button, summary") ||
  live().querySelector("details[open]") !== null;

function late() {
  if (fresh.classList.contains("late")) return;
  fresh.classList.add("late");
  const time = fresh.querySelector("time");
  fresh.replaceChildren(`${fresh.dataset.late} `, time);
}

async function refresh() {
  if (document.hidden || inUse()) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return late();
  if (answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (inUse()) return;
  live().replaceWith(page.querySelector("#live"));
  fresh.replaceChildren(...page.querySelector("#fresh").childNodes);
  fresh.classList.remove("late");
}

setInterval(refresh, EVERY);

// "Something else" tells the kecamatan nothing: the note has to.
document.addEventListener("change", ({ target }) => {
  if (target.name === "code" && target.form.elements.note) target.form.elements.note.required = target.value === "LAINNYA";
});
