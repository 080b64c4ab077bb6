// Screening by keyboard: while a report has the focus, a digit presses the button that shows it. Elsewhere keys do nothing.
export function decideByKey() {
  for (const card of document.querySelectorAll("[data-decide-by-key]")) {
    card.addEventListener("keydown", (event) => {
      if (event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
      const button = [...card.querySelectorAll("button[data-key]")].find((one) => one.dataset.key === event.key);
      if (!button) return;
      event.preventDefault();
      button.click();
    });
  }
}
