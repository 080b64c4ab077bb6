// Signing out with lines that wait: they would be lost with everything else of the account, so one decides first.
export function askBeforeLeaving() {
  const form = document.querySelector("form[data-sign-out]");
  const dialog = document.querySelector("dialog[data-unsent]");
  if (!form || !dialog || !globalThis.indexedDB) return;
  let isDecided = false;
  form.addEventListener("submit", async (event) => {
    if (isDecided) return;
    event.preventDefault();
    const { waiting } = await import("./outbox.js");
    const number = (await waiting().catch(() => [])).length;
    if (number) {
      dialog.querySelector("[data-number]").textContent = number;
      dialog.showModal();
      return;
    }
    isDecided = true;
    form.requestSubmit();
  });
  dialog.querySelector("[data-send]").addEventListener("click", async (event) => {
    const { flush, waiting } = await import("./outbox.js");
    await flush(event.target.dataset.send, () => {});
    const left = (await waiting()).length;
    dialog.querySelector("[data-number]").textContent = left;
    dialog.querySelector("[data-failed]").hidden = !left;
    if (left) return;
    isDecided = true;
    form.requestSubmit();
  });
  dialog.querySelector("[data-leave]").addEventListener("click", () => {
    isDecided = true;
    form.requestSubmit();
  });
}
