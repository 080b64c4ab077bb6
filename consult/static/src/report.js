// The resident's report asks only what the chosen category needs; the server decides the same again.
export function followCategory() {
  const questions = document.querySelector("[data-report-rules]");
  const category = questions?.querySelector("select[name=category]");
  if (!category) return;
  const { description: needDescription, photoless, timeless } = JSON.parse(questions.dataset.reportRules);
  const pattern = questions.querySelector(".report-pattern");
  const files = questions.querySelector("input[type=file]")?.closest(".govuk-form-group");
  const description = questions.querySelector("textarea[name=description]");
  const label = questions.querySelector(`label[for="${description.id}"]`);
  const star = document.createElement("span");
  star.className = "required-mark";
  star.textContent = " *";

  const adapt = () => {
    const isNeeded = needDescription.includes(category.value);
    pattern.hidden = timeless.includes(category.value);
    // What waits already must stay in sight, so that it can be taken back.
    if (files) files.hidden = photoless.includes(category.value) && !files.querySelector("[type=checkbox]");
    description.setAttribute("aria-required", String(isNeeded));
    if (isNeeded) label.append(star);
    else star.remove();
  };
  category.addEventListener("change", adapt);
  adapt();
}
