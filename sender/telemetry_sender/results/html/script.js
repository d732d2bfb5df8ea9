// Plots: the legend shows the values of the moment that is pointed at, or chosen by arrow keys.
const numbers = (text) => text.split(" ").map((each) => (each === "-" ? null : Number(each)));
const written = (value) =>
  value === null ? "-" : value.toLocaleString("en-US", { maximumSignificantDigits: 5 });

for (const plot of document.querySelectorAll("svg.plot")) {
  const places = numbers(plot.dataset.x);
  const seconds = numbers(plot.dataset.seconds);
  const lines = [...plot.querySelectorAll(".line")].map((line) => numbers(line.dataset.values));
  const mark = plot.querySelector(".at");
  const legend = plot.parentElement.querySelector(".legend");
  const when = legend.querySelector(".when");
  const cells = [...legend.querySelectorAll("b:not(.when)")];
  let chosen = null;

  const choose = (index) => {
    chosen = index;
    mark.setAttribute("visibility", index === null ? "hidden" : "visible");
    when.textContent = index === null ? "" : `${written(seconds[index])} s`;
    cells.forEach((cell, at) => {
      cell.textContent = index === null ? "" : written(lines[at][index]);
    });
    if (index === null) return;
    mark.setAttribute("x1", places[index]);
    mark.setAttribute("x2", places[index]);
  };

  const nearest = (x) =>
    places.reduce((best, place, at) => (Math.abs(place - x) < Math.abs(places[best] - x) ? at : best), 0);

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    choose(nearest(((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width));
  });
  plot.addEventListener("pointerleave", () => choose(null));
  plot.addEventListener("blur", () => choose(null));
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = chosen === null ? (step > 0 ? -1 : places.length) : chosen;
    choose(Math.min(Math.max(from + step, 0), places.length - 1));
  });
}
