// Graph: show only the calls of the node that is pointed at or has the focus.
for (const graph of document.querySelectorAll("svg.graph")) {
  const calls = [...graph.querySelectorAll("[data-from]")];
  const nodes = [...graph.querySelectorAll("[data-node]")];
  const focus = (chosen) => {
    graph.classList.toggle("focused", chosen !== null);
    const near = new Set([chosen]);
    for (const call of calls) {
      const { from, to } = call.dataset;
      const own = chosen === from || chosen === to;
      call.classList.toggle("near", own);
      if (own) near.add(from).add(to);
    }
    for (const node of nodes) node.classList.toggle("near", near.has(node.dataset.node));
  };
  for (const node of nodes) {
    node.addEventListener("pointerenter", () => focus(node.dataset.node));
    node.addEventListener("pointerleave", () => focus(null));
    node.addEventListener("focus", () => focus(node.dataset.node));
    node.addEventListener("blur", () => focus(null));
  }
}

// Tables: a click on a header sorts, a second one the other way round.
const valueOf = (row, column) => {
  const cell = row.cells[column];
  return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
};
const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b));

for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      const before = head.getAttribute("aria-sort");
      const up = before ? before === "descending" : !numbers;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => (up ? 1 : -1) * compare(valueOf(a, column), valueOf(b, column)));
      table.tBodies[0].append(...rows);
    });
  });
}

for (const input of document.querySelectorAll("input.filter")) {
  const table = input.parentElement.querySelector("table");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    }
  });
}
