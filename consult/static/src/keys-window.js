// The window of the keys: what stands on their page, shown above the one that is read. Whoever is disturbed by a key that
// does something switches it off on that page (WCAG 2.2, 2.1.4).
const OFF = "keys-off";

export async function showKeys(address) {
  if (isOff() || document.querySelector(".keys-window")) return;
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const shown = page?.querySelector("[data-keys-shown]");
  if (!shown) return location.assign(address);
  document.head.append(page.querySelector('link[href*="/help.css"]'));
  const dialog = document.createElement("dialog");
  dialog.className = "unsent keys-window";
  const title = document.createElement("h2");
  title.className = "govuk-heading-m";
  title.id = "keys-window-title";
  title.textContent = page.querySelector("h1").textContent;
  dialog.setAttribute("aria-labelledby", title.id);
  for (const heading of shown.querySelectorAll("h2")) {
    const smaller = document.createElement("h3");
    smaller.className = "govuk-heading-s";
    smaller.textContent = heading.textContent;
    heading.replaceWith(smaller);
  }
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "govuk-button govuk-button--secondary";
  close.textContent = shown.dataset.close;
  form.append(close);
  dialog.append(title, shown, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

export function offerToSwitchOff() {
  const place = document.querySelector("[data-keys-switch]");
  const button = place.querySelector("button");
  const show = () => (button.textContent = isOff() ? button.dataset.on : button.dataset.off);
  button.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
  place.hidden = false;
}

function isOff() {
  try {
    return Boolean(localStorage.getItem(OFF));
  } catch {
    return false; // a browser that keeps nothing cannot keep this either
  }
}
