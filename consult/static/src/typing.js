// Typing a sheet with a map in: the field lights up while it is typed, and a click on the map types it.
const CELL = /^\s*(?:([a-z])[\s./,;:_-]*0*(\d{1,2})|0*(\d{1,2})[\s./,;:_-]*([a-z]))[\s.,;]*$/i;

export function lightCells() {
  const form = document.querySelector("form[data-typing]");
  const board = form?.querySelector("[data-board]");
  if (!board) return;
  const rows = [...form.querySelectorAll("[data-mark-row]")];
  const cells = new Map([...board.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell]));
  const categories = new Map([...form.querySelectorAll("[data-category]")].map((one) => [one.dataset.category, one.textContent]));
  board.setAttribute("data-board-ready", "");
  let here = rows[0];

  const show = () => {
    const lit = new Map();
    for (const row of rows) {
      const cell = cells.get(named(row.querySelector("[data-cell-field]").value));
      if (cell) lit.set(cell, [...(lit.get(cell) ?? []), row.dataset.markRow]);
    }
    const current = cells.get(named(here.querySelector("[data-cell-field]").value));
    for (const cell of cells.values()) {
      cell.classList.toggle("board__cell--lit", lit.has(cell));
      cell.classList.toggle("board__cell--here", cell === current);
      cell.querySelector("text").textContent = (lit.get(cell) ?? []).join(", ");
    }
    for (const row of rows) row.classList.toggle("mark-row--here", row === here);
  };

  const say = (row) => {
    const cell = cells.get(named(row.querySelector("[data-cell-field]").value));
    const number = row.querySelector("[data-category-field]").value.trim().replace(/^0+(?=\d)/, "");
    const parts = [cell?.querySelector("title").textContent, categories.get(number)];
    row.querySelector("[data-row-read]").textContent = parts.filter(Boolean).join(". ");
  };

  form.addEventListener("input", ({ target }) => {
    const row = target.closest("[data-mark-row]");
    if (!row) return;
    say(row);
    show();
  });
  form.addEventListener("focusin", ({ target }) => {
    here = target.closest("[data-mark-row]") ?? here;
    show();
  });
  // Behind the last mark Enter leads to the button, past the rows that stay empty.
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-mark-row]");
    const isFree = row && [...row.querySelectorAll("input")].every((field) => !field.value.trim());
    if (event.key !== "Enter" || event.isComposing || !isFree || !event.target.matches("[data-cell-field]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelector("button[name=save]").focus();
  }, true);
  board.addEventListener("click", ({ target }) => {
    const cell = target.closest("[data-cell]");
    if (!cell) return;
    const field = here.querySelector("[data-cell-field]");
    const free = field.value.trim() && document.activeElement !== field ? rows.find((row) => !row.querySelector("[data-cell-field]").value.trim()) : here;
    here = free ?? here;
    here.querySelector("[data-cell-field]").value = cell.dataset.cell;
    say(here);
    show();
    here.querySelector("[data-category-field]").focus();
  });
  show();
}

// "c 7", "C-7" and "7C" are one field, as the server reads them.
function named(text) {
  const found = CELL.exec(text.normalize("NFKC"));
  return found ? `${(found[1] ?? found[4]).toUpperCase()}${Number(found[2] ?? found[3])}` : "";
}
