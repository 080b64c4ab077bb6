// `?` shows the keys in a window above the page, unless its reader has switched that off on the page of the keys.
const FIELDS = "input, textarea, select, [contenteditable], dialog";

export function showKeysWhenAsked() {
  const address = document.querySelector("[data-keys]")?.dataset.keys;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || !address || event.altKey || event.ctrlKey || event.metaKey || event.target.closest(FIELDS)) return;
    import("./keys-window.js").then(({ showKeys }) => showKeys(address));
  });
  if (document.querySelector("[data-keys-switch]")) import("./keys-window.js").then(({ offerToSwitchOff }) => offerToSwitchOff());
}
