// A list beside a map: pointing at an entry or focusing it marks the same thing on the map, and the other way round.
export const POINTED = "kmzb:pointed";

export function linkListsToMaps() {
  for (const entry of document.querySelectorAll("[data-feature-id]")) {
    const at = entry.dataset.at?.split(",").map(Number);
    const say = (id) => document.dispatchEvent(new CustomEvent(POINTED, { detail: { id, at: id && at, from: "list" } }));
    entry.addEventListener("pointerenter", () => say(entry.dataset.featureId));
    entry.addEventListener("pointerleave", () => say(null));
    entry.addEventListener("focusin", () => say(entry.dataset.featureId));
    entry.addEventListener("focusout", () => say(null));
  }
  document.addEventListener(POINTED, ({ detail }) => {
    if (detail.from !== "map") return;
    for (const entry of document.querySelectorAll("[data-feature-id]")) {
      entry.classList.toggle("is-highlighted", entry.dataset.featureId === String(detail.id));
    }
  });
}
