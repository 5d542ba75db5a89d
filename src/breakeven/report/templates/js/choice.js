// Choice: quality first, then cost, by point values; as costs/contenders.py and choose() of
// costs/recommend.py have it.
//
// Averages are plain numbers here, so that a map of thousands of places is found at once; doubt is
// added where a number is shown.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var u = window.breakeven.uncertain;
  var fieller = window.breakeven.fieller;
  var costs = window.breakeven.costs;

  // Point value of the average cost per item, development included.
  function averageAt(life, volume) {
    return life.development.value * (1 / volume) + life.marginal.value;
  }

  // The first for which nothing else is less.
  function least(list, isLess) {
    return list.reduce(function (best, each) { return isLess(each, best) ? each : best; });
  }

  // {value, words} of the lowest score that is good enough; value null where nothing can be ranked.
  function barOf(data, contenders, minScore) {
    if (minScore !== null) {
      var side = contenders.length ? data.metric.least : "at least";
      return { value: minScore, words: side + " " + n.general(minScore, 3) };
    }
    if (!contenders.length) { return { value: null, words: "within the tolerance of the best" }; }
    return least(contenders, function (a, b) {
      return a.pathway.product > b.pathway.product;
    }).pathway.bar;
  }

  // Score turned so that more is better.
  function turned(data, score) {
    return data.metric.least === "at least" ? score : -score;
  }

  // Good enough first, those not shown above the commonest answer last, then the cheapest.
  function rank(contender) {
    return [contender.isGoodEnough ? 0 : 1,
      contender.pathway.is_above_majority === false ? 1 : 0, contender.average];
  }

  function byRank(a, b) {
    var one = rank(a), two = rank(b);
    return one[0] - two[0] || one[1] - two[1] || one[2] - two[2];
  }

  // Who is chosen at a volume under a floor (null for the study's own), and who comes next.
  function choose(found, volume, floor) {
    var data = found.data, minScore = floor === null ? data.min_score : floor;
    var living = found.lives.map(function (life) {
      return { name: life.name, pathway: life.pathway, life: life, average: averageAt(life, volume),
        isGoodEnough: false };
    });
    var contenders = living.filter(function (each) { return each.pathway.score !== null; });
    var bar = barOf(data, contenders, minScore);
    contenders.forEach(function (each) {
      each.isGoodEnough =
        each.pathway.product >= turned(data, bar.value) - data.constants.rank_rounding;
    });
    var ranked = contenders.slice().sort(byRank);
    var winner = ranked.length && ranked[0].isGoodEnough ? ranked[0] : null;
    var others = ranked.slice(1).filter(function (each) {
      return each.isGoodEnough || minScore === null;
    });
    return {
      found: found, volume: volume, minScore: minScore, bar: bar, living: living,
      contenders: contenders, ranked: ranked, winner: winner,
      runnerUp: winner && others.length ? others[0] : null
    };
  }

  // Whether a score misses the bar by its point value alone: its interval reaches it.
  function mayReach(contender, bar, metric) {
    var interval = contender.pathway.interval;
    if (contender.isGoodEnough || !interval) { return false; }
    return metric.side === "below" ? interval.high >= bar : interval.low <= bar;
  }

  // Those among which cost alone decides, but for the choice itself.
  function equals(choice) {
    var own = choice.winner;
    return choice.contenders.filter(function (each) {
      return each !== own && each.isGoodEnough && rank(each)[1] === rank(own)[1];
    });
  }

  // P(one of two costs less than the other over the volume of the choice).
  function sureness(choice, one, other) {
    var pair = choice.found.pair(one.life, other.life);
    return fieller.probabilityCheaper(pair.extra, pair.saved, choice.volume);
  }

  // What such a probability rests on: "scatter", "resolution" or "exact numbers".
  function restsOn(pair) {
    var both = [pair.extra, pair.saved];
    if (both.some(u.hasScatter)) { return "scatter"; }
    return both.some(function (each) { return each.high > each.low; })
      ? "resolution" : "exact numbers";
  }

  // What the functions of reasons.js read.
  function told(choice, probability) {
    var data = choice.found.data;
    return Object.assign({}, choice, {
      terms: choice.found.terms, metric: data.metric, clear: data.constants.clear,
      pathways: data.pathways, probability: probability,
      sureness: function (one, other) { return sureness(choice, one, other); },
      mayReach: function (each) { return mayReach(each, choice.bar.value, data.metric); },
      unclear: function (one, other) {
        return costs.under(costs.under(data.unclear, one.name, {}), other.name, "");
      }
    });
  }

  window.breakeven.choice = {
    choose: choose, sureness: sureness, restsOn: restsOn, told: told, rank: rank, byRank: byRank,
    least: least, turned: turned,
    equals: equals, mayReach: mayReach
  };
})();
