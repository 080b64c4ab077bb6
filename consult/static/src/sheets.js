// Typing sheets in: Enter goes to the next field instead of sending the form; behind the last one waits the button.
export function goOnWithEnter() {
  const form = document.querySelector("form[data-enter-goes-on]");
  if (!form) return;
  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || event.isComposing || !target.matches("input:not([type=checkbox]), select")) return;
    event.preventDefault();
    const stops = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[name=save]")];
    stops[stops.indexOf(target) + 1]?.focus();
  });
}
