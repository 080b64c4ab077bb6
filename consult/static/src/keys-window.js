// The window of the keys: what stands on their page, shown above the one that is read.
export async function showKeys(address) {
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const shown = page?.querySelector("[data-keys-shown]");
  if (!shown) return location.assign(address);
  const dialog = document.createElement("dialog");
  dialog.className = "keys-window";
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
