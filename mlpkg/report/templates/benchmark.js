"use strict";
// Headings of sortable tables become buttons here, so that without a script they are
// plain words and not buttons that do nothing.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  table.caption.firstElementChild.append("Headings sort the table.");
  const said = table.closest(".board").querySelector("[role=status]");
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.dataset.first;
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      const sign = order === "ascending" ? 1 : -1;
      const numeric = "numeric" in head.dataset;
      const value = row => row.cells[column].dataset.value;
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        // What has no value stays at the end, whichever way the rest goes.
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        return sign * (numeric ? x - y : x.localeCompare(y));
      });
      body.append(...rows);
      heads.forEach(each => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      said.textContent = `Sorted by ${button.textContent}, ${order}.`;
    });
  });
}
