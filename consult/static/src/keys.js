// `?` shows the keys in a window above the page, unless its reader has switched that off on the page of the keys.
const OFF = "keys-off";
const FIELDS = "input, textarea, select, [contenteditable], dialog";

export function showKeysWhenAsked() {
  const address = document.querySelector("[data-keys]")?.dataset.keys;
  if (!address) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.altKey || event.ctrlKey || event.metaKey || isOff()) return;
    if (event.target.closest(FIELDS)) return;
    event.preventDefault();
    import("./keys-window.js").then(({ showKeys }) => showKeys(address));
  });
  offerToSwitchOff(document.querySelector("[data-keys-switch]"));
}

function isOff() {
  try {
    return Boolean(localStorage.getItem(OFF));
  } catch {
    return false; // a browser that keeps nothing cannot keep this either
  }
}

function offerToSwitchOff(place) {
  if (!place) return;
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
