// A table drawn as cards on a phone keeps its roles, which some browsers drop together with the table's layout.
const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };

export function nameStackedTables() {
  for (const table of document.querySelectorAll("table.table-stack")) {
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) {
      const role = ROLES[part.localName] ?? (part.scope === "row" ? "rowheader" : "columnheader");
      part.setAttribute("role", role);
    }
  }
}
