(function () {
  "use strict";
  var specs = JSON.parse(document.getElementById("specs").textContent);
  var options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };
  var pending = [];
  document.querySelectorAll("[data-figure]").forEach(function (place) {
    var spec = specs[place.dataset.figure];
    if (!spec || typeof vegaEmbed !== "function") { return; }
    place.textContent = "";
    pending.push(vegaEmbed(place, spec, options).catch(function (error) {
      place.textContent = "This chart could not be drawn (" + error.message + "). Its numbers are in the tables.";
      place.dataset.failed = "true";
    }));
  });
  Promise.all(pending).then(function () { document.documentElement.dataset.charts = "done"; });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details[data-print]").forEach(function (part) { part.open = true; });
  });
})();
