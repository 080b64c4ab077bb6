// A form with a challenge waits for the proof of work: a second of computing beside the reader, before it goes.
// It listens from the page's first moment, so nobody is too quick for it; what computes is loaded with the first answer.
// A browser that cannot do it sends the form without; then the server lets fewer through in an hour.
export function workBeforeSending() {
  const field = document.querySelector("input[data-challenge]");
  if (!field || !globalThis.crypto?.subtle) return; // nothing to do, or a page without HTTPS
  const { form } = field;
  let work;
  let isDone = false;
  let isWaiting = false;
  const begin = () => {
    work ??= import("./work.js")
      .then(({ solved }) => solved(JSON.parse(field.dataset.challenge)))
      .catch(() => "")
      .then((solution) => {
        field.value = solution;
        isDone = true;
      });
    return work;
  };
  form.addEventListener("submit", async (event) => {
    if (isDone || event.submitter?.value === "change") return;
    event.preventDefault();
    if (isWaiting) return;
    isWaiting = true;
    form.setAttribute("aria-busy", "true");
    await begin();
    await new Promise((resume) => setTimeout(resume)); // a form sends nothing while it still tells of being sent
    form.requestSubmit(event.submitter);
  });
  if (field.dataset.when === "now") begin();
  else form.addEventListener("input", begin, { once: true });
}
