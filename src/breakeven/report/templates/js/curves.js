// Curves: average cost per item over the volume with its band, under the settings of the controls;
// as amortized_curve of costs/lifecycle.py has it.
(function () {
  "use strict";
  var u = window.breakeven.uncertain;
  var costs = window.breakeven.costs;

  // One point: {pathway, volume, average, low, high}.
  function point(life, volume) {
    var shown = u.asEstimate(u.amortized(life.development, life.marginal, volume));
    return {
      pathway: life.name, volume: volume, average: shown.value, low: shown.low, high: shown.high
    };
  }

  // Every pathway with a life in the measure at every volume, pathway by pathway.
  function curve(data, settings, volumes) {
    var lives = costs.costsOf(data, settings).lives;
    return lives.reduce(function (points, life) {
      return points.concat(volumes.map(function (volume) { return point(life, volume); }));
    }, []);
  }

  window.breakeven.engine = Object.assign(window.breakeven.engine || {}, { curve: curve });
})();
