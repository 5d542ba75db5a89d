// Decide: the choice under one position of all controls, as analysis/deciding/decide.py gives it:
// `breakeven.engine.decide(data, settings)` has the keys of decision_plain(), and `texts`.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var u = window.breakeven.uncertain;
  var fieller = window.breakeven.fieller;
  var words = window.breakeven.words;
  var reasons = window.breakeven.reasons;
  var quantity = window.breakeven.quantity;
  var costs = window.breakeven.costs;
  var choosing = window.breakeven.choice;

  // Infinite ends as text, as JSON has them.
  function end(value) {
    return value === Infinity ? "inf" : value === -Infinity ? "-inf" : value;
  }

  // {value, low, high, level, kinds, origins}
  function shown(estimate, sign, data) {
    var signs = costs.namesOf(sign, data.constants);
    return {
      value: estimate.value, low: end(estimate.low), high: end(estimate.high),
      level: estimate.level, kinds: signs.kinds, origins: signs.origins
    };
  }

  function averageOf(contender, volume, data) {
    if (!contender) { return null; }
    var life = contender.life;
    return shown(u.asEstimate(u.amortized(life.development, life.marginal, volume)),
      life.developmentSign | life.marginalSign, data);
  }

  function probabilityWords(probability, restsOn) {
    if (restsOn === "resolution") { return "by resolution"; }
    return probability === null ? "" : quantity.formatProbability(probability);
  }

  function breakEven(pair, terms, data) {
    var found = fieller.breakEven(pair.extra, pair.saved);
    return Object.assign({
      candidate: pair.candidate, incumbent: pair.incumbent, verdict: found.verdict,
      sentence: words.breakEvenSentence(pair, found, terms)
    }, shown(found, pair.sign, data));
  }

  // How sure that is which set the choice apart: the floor, the constant answer or the cost; as
  // deciding/sureness.py.
  function sureness(choice, probability, restsOn) {
    var other = choice.runnerUp, bar = choice.bar.value;
    if (!choice.winner) { return null; }
    var names = choice.contenders.filter(function (each) {
      return mayUndercut(each, choice);
    }).map(function (each) { return each.name; });
    if (!other || !other.isGoodEnough) { return ofFloor(choice, names); }
    var told = Object.assign(ofEquals(choice, probability, restsOn), { may_reach: names });
    if (names.length) { told.detail += "; " + openWords(names, bar); }
    return told;
  }

  // Whether a pathway would be the choice if it reached the floor that its interval reaches.
  function mayUndercut(each, choice) {
    return each.average < choice.winner.average &&
      choosing.mayReach(each, choice.bar.value, choice.found.data.metric) &&
      choosing.rank(each)[1] <= choosing.rank(choice.winner)[1];
  }

  function openWords(names, bar) {
    return words.listed(names) + " may reach the " + n.general(bar, 3) + ", as " +
      (names.length > 1 ? "their intervals do" : "its interval does");
  }

  // Two that are good enough are told apart by the constant answer, else by cost.
  function ofEquals(choice, probability, restsOn) {
    var other = choice.runnerUp, metric = choice.found.data.metric;
    if (choosing.rank(choice.winner)[1] !== choosing.rank(other)[1]) {
      return { of: "constant answer",
        label: "Is " + other.name + " above the " + metric.constant + " answer?",
        text: "not shown", detail: "so it comes after the others, whatever it costs" };
    }
    return { of: "cost", label: "P(" + choice.winner.name + " is cheaper)",
      text: probabilityWords(probability, restsOn),
      detail: "than " + other.name + " at " +
        quantity.formatItems(choice.volume, choice.found.data.item) };
  }

  // Whether the floor leaves the choice alone: asked of the hardest rival, not the easiest.
  function ofFloor(choice, names) {
    var other = choice.runnerUp, bar = choice.bar.value, metric = choice.found.data.metric;
    if (names.length && !(other && names.length === 1 && names[0] === other.name)) {
      return { of: "floor", label: "Is " + choice.winner.name + " alone good enough?",
        text: "not certain", detail: openWords(names, bar), may_reach: names };
    }
    if (!other) { return null; }
    var missed = missedBy(other.pathway.interval, bar, metric);
    return { of: "floor", label: "Does " + other.name + " miss the " + n.general(bar, 3) +
      " asked for?", text: missed[0], detail: missed[1], may_reach: names };
  }

  function missedBy(interval, bar, metric) {
    if (!interval) { return ["by its point value", "its score has no interval"]; }
    var found = "its 95\u00a0% interval, " + n.general(interval.low, 3) + " to " +
      n.general(interval.high, 3) + ", ";
    var isClear = metric.side === "below" ? interval.high < bar : interval.low > bar;
    if (!isClear) { return ["not certain", found + "reaches it"]; }
    return [interval.is_lone ? "yes, of this training" : "yes",
      found + "lies wholly " + metric.side];
  }

  // Pathways that reach a threshold asked for; all where the tolerance decides.
  function valid(choice) {
    var data = choice.found.data;
    if (choice.minScore === null) { return choice.found.lives; }
    var least = choosing.turned(data, choice.minScore) - data.constants.reach_rounding;
    return choice.found.lives.filter(function (life) {
      return life.pathway.score !== null && life.pathway.product >= least;
    });
  }

  // Every ordered pair of those.
  function breakEvens(choice) {
    var found = choice.found, lives = valid(choice), told = [];
    lives.forEach(function (one) {
      lives.forEach(function (other) {
        if (one !== other) {
          told.push(breakEven(found.pair(one, other), found.terms, found.data));
        }
      });
    });
    return told;
  }

  function against(told, choice) {
    if (!choice.runnerUp) { return null; }
    function between(one, other) {
      return told.find(function (each) {
        return each.candidate === one.name && each.incumbent === other.name;
      });
    }
    return between(choice.winner, choice.runnerUp) || between(choice.runnerUp, choice.winner) ||
      null;
  }

  // What the choice saves over the volume against the runner-up.
  function saves(choice, pair) {
    var ahead = u.minus(u.scaled(pair.saved, choice.volume), pair.extra), ends = u.interval(ahead);
    var found = {
      value: ahead.value, low: ends[0], high: ends[1], level: u.hasScatter(ahead) ? 0.95 : null
    };
    var sentence = words.savingSentence(
      pair, found, choice.volume, choice.runnerUp.isGoodEnough, choice.found.terms);
    return Object.assign({ sentence: sentence }, shown(found, pair.sign, choice.found.data));
  }

  // Which scatter the intervals of the averages of choice and runner-up hold.
  function covers(choice) {
    var named = [choice.winner, choice.runnerUp].filter(Boolean).map(function (each) {
      return each.life;
    });
    if (!named.length) { return ""; }
    var development = u.total(named.map(function (life) { return life.development; }));
    var use = u.total(named.map(function (life) { return life.marginal; }));
    var rows = named.reduce(function (all, life) { return all.concat(life.rows); }, []);
    return words.coverage(development, use, costs.onceOnly(rows));
  }

  // Share of an average that rests on development measured once; 0 of what costs nothing.
  function onceShare(each, volume) {
    var whole = each.average * volume;
    return whole > 0 ? each.life.rows.reduce(function (sum, row) {
      return row.isOnce && row.amount ? sum + row.amount.value : sum;
    }, 0) / whole : 0;
  }

  function rankedOf(choice) {
    var data = choice.found.data;
    return choice.ranked.map(function (each) {
      var life = each.life;
      return {
        pathway: each.name,
        average: averageOf(each, choice.volume, data),
        development: shown(u.asEstimate(life.development), life.developmentSign, data),
        marginal: shown(u.asEstimate(life.marginal), life.marginalSign, data),
        is_good_enough: each.isGoodEnough,
        score: each.pathway.score,
        once_share: onceShare(each, choice.volume)
      };
    });
  }

  function decide(data, settings) {
    var found = costs.costsOf(data, settings), floor = found.settings.min_score;
    var choice = choosing.choose(found, settings.volume, floor);
    var winner = choice.winner, runnerUp = choice.runnerUp, told = breakEvens(choice);
    var pair = runnerUp ? found.pair(winner.life, runnerUp.life) : null;
    var sure = pair ? choosing.sureness(choice, winner, runnerUp) : null;
    var restsOn = pair ? choosing.restsOn(pair) : null;
    var probability = restsOn === "resolution" ? null : sure;
    var sayable = choosing.told(choice, sure);
    var decision = {
      measure: settings.measure, volume: settings.volume,
      pathway: winner ? winner.name : null, runner_up: runnerUp ? runnerUp.name : null,
      average: averageOf(winner, choice.volume, data),
      runner_up_average: averageOf(runnerUp, choice.volume, data),
      probability: probability, probability_words: probabilityWords(probability, restsOn),
      sure: sureness(choice, probability, restsOn), rests_on: restsOn,
      break_even: against(told, choice), break_evens: told,
      saves: pair ? saves(choice, pair) : null,
      changes: window.breakeven.changes(choice),
      reason: reasons.reason(sayable), rule: reasons.rule(sayable), covers: covers(choice),
      bar: choice.contenders.length ? choice.bar.value : null, ranked: rankedOf(choice)
    };
    decision.texts = window.breakeven.texts.texts(decision, found.terms);
    return decision;
  }

  // How sentences and tables call the measure of the settings: {words, scale, item}; `scale` is
  // what the functions of quantity.js and units.js ask for.
  function terms(data, settings) {
    var given = costs.whole(settings);
    return costs.termsOf(data, costs.measureNamed(data, given.measure), given);
  }

  window.breakeven.engine = Object.assign(window.breakeven.engine || {}, {
    decide: decide, terms: terms, missing: function (data, settings) {
      return costs.missing(costs.measureNamed(data, settings.measure), settings);
    }
  });
})();
