// Winners: who would be chosen where, over volume and quality floor or over volume and the number
// of tasks that share a row; as analysis/deciding/winners.py has it.
(function () {
  "use strict";
  var u = window.breakeven.uncertain;
  var student = window.breakeven.student;
  var costs = window.breakeven.costs;
  var choosing = window.breakeven.choice;
  // Quantiles at 95 %, one-sided, rounded outwards: no t distribution with at least 1 degree of
  // freedom needs more than the larger, and none less than the smaller, to reach that share.
  var NEVER_BELOW = 1.6448, ALWAYS_FROM = 6.314, CLEAR = 0.95;

  // Whether P(the candidate costs less) reaches `clear`; most places need no distribution for it.
  function isClear(pair, volume, clear) {
    var ahead = u.minus(u.scaled(pair.saved, volume), pair.extra);
    if (!u.hasScatter(ahead) && (ahead.low > 0 || ahead.high < 0)) { return ahead.low > 0; }
    if (ahead.variance <= 0) { return 0.5 >= clear; }
    var t = ahead.value / Math.sqrt(ahead.variance), df = u.df(ahead);
    if (clear === CLEAR && t < NEVER_BELOW) { return false; }
    if (clear === CLEAR && t > ALWAYS_FROM && df >= 1) { return true; }
    return student.cdf(t, df) >= clear;
  }

  // {pathway, is_sure}: sure where it is clearly cheaper than every other that is good enough.
  function cellOf(choice) {
    var winner = choice.winner, clear = choice.found.data.constants.clear;
    if (!winner) { return { pathway: null, is_sure: false }; }
    var isSure = choice.ranked.every(function (each) {
      return each === winner || !each.isGoodEnough ||
        isClear(choice.found.pair(winner.life, each.life), choice.volume, clear);
    });
    return { pathway: winner.name, is_sure: isSure };
  }

  function line(found, volumes, floor) {
    return volumes.map(function (volume) { return cellOf(choosing.choose(found, volume, floor)); });
  }

  // `asked` is {volumes, floors} or {volumes, row, tasks}; a floor of null is the study's own rule.
  // Gives {volumes, others, row, cells}, cells by floor or number of tasks, then by volume.
  function winners(data, settings, asked) {
    if (asked.floors) {
      var found = costs.costsOf(data, settings);
      return {
        volumes: asked.volumes, others: asked.floors, row: null,
        cells: asked.floors.map(function (floor) { return line(found, asked.volumes, floor); })
      };
    }
    var own = costs.whole(settings);
    return {
      volumes: asked.volumes, others: asked.tasks, row: asked.row,
      cells: asked.tasks.map(function (nTasks) {
        var tasks = costs.withTasks(own.tasks, asked.row, nTasks);
        var there = costs.costsOf(data, Object.assign({}, own, { tasks: tasks }));
        return line(there, asked.volumes, own.min_score);
      })
    };
  }

  window.breakeven.engine = Object.assign(window.breakeven.engine || {}, { winners: winners });
})();
