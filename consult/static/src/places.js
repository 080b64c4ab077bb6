// Enter in the field of a search for a place searches, as its button does; elsewhere it sends the form. The page that
// comes back begins at what was found, unless it has something to tell first.
export function searchWithEnter() {
  const found = document.querySelector(".govuk-error-summary") ? null : document.querySelector(".place-found[data-new] input");
  if (found) addEventListener("load", () => found.focus()); // the fragment of the address takes the focus away before
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.(".place-search input");
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || !field) return;
    event.preventDefault();
    field.closest(".place-search").querySelector("button").click();
  });
}
