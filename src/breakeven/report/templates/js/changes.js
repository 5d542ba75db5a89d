// Changes: what would change the answer, as sentences that a reader can try with the controls; as
// analysis/deciding/changes.py writes them.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var fieller = window.breakeven.fieller;
  var words = window.breakeven.words;
  var costs = window.breakeven.costs;
  var choosing = window.breakeven.choice;
  var MOST = 4, DECADES = 3;

  // A cost that is not known of the choice is none of those tried.
  function nothing(choice) {
    var isKnown = underOthers(choice).every(function (each) {
      return !each.other.winner || isRanked(choice.winner, each.other);
    });
    return "None of these alone would change the choice: volume (within a factor of " +
      n.grouped("1" + "0".repeat(DECADES)) +
      "), a lower quality floor, another observed cost" +
      (isKnown ? "" : " that is known of " + choice.winner.name) + ", sharing of a row (by up to " +
      n.grouped(String(choice.found.data.bounds.tasks[1])) + " tasks).";
  }

  function isUntaught(contender) {
    return choosing.rank(contender)[1];
  }

  // Volume at which a dearer development has paid, by point values; 0 where it never does.
  function crossing(choice, candidate, incumbent) {
    var pair = choice.found.pair(candidate.life, incumbent.life);
    var extra = pair.extra.value, saved = pair.saved.value;
    return extra > 0 && saved > 0 ? extra / saved : 0;
  }

  function volumeSentence(choice, candidate, incumbent, chosen, where) {
    var pair = choice.found.pair(candidate.life, incumbent.life), terms = choice.found.terms;
    var found = fieller.breakEven(pair.extra, pair.saved);
    var point = words.volumeWords(pair.extra.value / pair.saved.value, terms);
    var then = " " + chosen.name + " would be the choice";
    if (found.verdict === "finite") {
      return where(point) + then + words.intervalWords(pair, found) + ".";
    }
    return where("about " + point) + then + ", which is not shown: the saving per " +
      terms.item.one + " cannot be told from 0.";
  }

  // {point, text} of the first of the others to become cheaper with more use.
  function later(choice) {
    var crossings = choosing.equals(choice).map(function (other) {
      return { point: crossing(choice, other, choice.winner), other: other };
    }).filter(function (each) { return each.point > choice.volume; });
    if (!crossings.length) { return []; }
    var first = choosing.least(crossings, function (a, b) { return a.point < b.point; });
    return [{ point: first.point, text: volumeSentence(
      choice, first.other, choice.winner, first.other,
      function (point) { return "From " + point + " on"; }) }];
  }

  // The same of the last of the others to have been cheaper with less use.
  function earlier(choice) {
    var crossings = choosing.equals(choice).map(function (other) {
      return { point: crossing(choice, choice.winner, other), other: other };
    }).filter(function (each) { return each.point > 0 && each.point < choice.volume; });
    if (!crossings.length) { return []; }
    var last = choosing.least(crossings, function (a, b) { return a.point > b.point; });
    return [{ point: last.point, text: volumeSentence(
      choice, choice.winner, last.other, last.other,
      function (point) { return "Below " + point; }) }];
  }

  // Where more or less use would change the choice, the nearer change first.
  function byVolume(choice) {
    return later(choice).concat(earlier(choice)).filter(function (each) {
      each.far = Math.abs(Math.log10(each.point / choice.volume));
      return each.point >= 1 && each.far <= DECADES;
    }).sort(function (a, b) { return a.far - b.far; }).map(function (each) { return each.text; });
  }

  // A score in three digits that, asked for as a threshold, lets its pathway in.
  function floorWords(contender, choice) {
    var data = choice.found.data, score = contender.pathway.score;
    var text = n.general(score, 3), shown = Number(text);
    if (choosing.turned(data, shown - score) > 0) {
      shown -= choosing.turned(data, Number("1e" + (n.decade(Math.abs(shown)) - 2)));
      text = n.general(shown, 3);
    }
    return data.metric.words + " " + text;
  }

  // A share in percent that never claims the whole, nor nothing.
  function shareWords(share) {
    return share >= 0.995 ? "over 99%" : share >= 0.005 ? n.percent(share, 0) : "under 1%";
  }

  // The best of those that cost less and that the floor leaves out.
  function lowerFloor(choice) {
    var winner = choice.winner, terms = choice.found.terms, data = choice.found.data;
    var cheaper = choice.contenders.filter(function (each) {
      return !each.isGoodEnough && each.average < winner.average &&
        isUntaught(each) <= isUntaught(winner);
    });
    if (!cheaper.length) { return []; }
    var best = choosing.least(cheaper, function (a, b) {
      var apart = a.pathway.product - b.pathway.product;
      return apart > 0 || (apart === 0 && a.average < b.average);
    });
    var isUnsure = choosing.sureness(choice, best, winner) < data.constants.clear;
    return ["Accepting " + floorWords(best, choice) + ", " + best.name +
      " would be the choice: it takes " + shareWords(1 - best.average / winner.average) + " " +
      terms.words.less + " per " + terms.item.one +
      (isUnsure ? ", which is not certain" : "") + "."];
  }

  // Who would be chosen if better than the choice were asked for.
  function higherFloor(choice) {
    var winner = choice.winner, terms = choice.found.terms;
    var better = choice.contenders.filter(function (each) {
      return each.pathway.product > winner.pathway.product &&
        isUntaught(each) <= isUntaught(winner);
    });
    if (!better.length || winner.average <= 0) { return []; }
    var best = choosing.least(better, function (a, b) {
      return isUntaught(a) < isUntaught(b) ||
        (isUntaught(a) === isUntaught(b) && a.average < b.average);
    });
    return ["Asking for better than " + choice.found.data.metric.words + " " +
      n.general(winner.pathway.score, 3) + ", " + best.name + " would be the choice: it takes " +
      timesWords(best.average / winner.average) + " " + terms.words.name + " per " +
      terms.item.one + "."];
  }

  function timesWords(ratio) {
    var times = n.general(ratio, 3);
    return times === "1" ? "about the same" : times + " times the";
  }

  // Who would be chosen if the floor were as low as the best score.
  function letIn(choice) {
    var best = Math.max.apply(null, choice.contenders.map(function (each) {
      return each.pathway.product;
    }));
    var named = choosing.least(choice.contenders.filter(function (each) {
      return each.pathway.product === best;
    }), function (a, b) { return choosing.byRank(a, b) < 0; });
    return "Accepting " + floorWords(named, choice) + ", " + named.name +
      " would be the choice.";
  }

  function chooseUnder(choice, settings) {
    var found = costs.costsOf(choice.found.data, settings);
    return choosing.choose(found, choice.volume, found.settings.min_score);
  }

  function isRanked(contender, choice) {
    return choice.contenders.some(function (each) { return each.name === contender.name; });
  }

  // Each observed cost but that of the settings, with the choice that follows from it.
  function underOthers(choice) {
    var own = choice.found;
    return own.data.measures.slice().sort(function (a, b) {
      return a.place - b.place;
    }).filter(function (measure) {
      return measure.key === measure.base && measure.base !== own.measure.base;
    }).map(function (measure) {
      var asked = Object.assign({}, own.settings, { measure: measure.key });
      return { measure: measure, other: chooseUnder(choice, asked) };
    });
  }

  // Observed costs by which another would be chosen, those of one choice together.
  function otherCosts(choice) {
    var byChoice = new Map();
    underOthers(choice).forEach(function (each) {
      var name = each.other.winner && each.other.winner.name;
      if (!isRanked(choice.winner, each.other) || !name || name === choice.winner.name) { return; }
      byChoice.set(name, (byChoice.get(name) || []).concat(each.measure.words.name));
    });
    var told = Array.from(byChoice).map(function (each, place) {
      var by = words.listed(each[1]) + ", " + each[0];
      return place ? "; by " + by : "By " + by + " would be the choice";
    });
    return told.length ? [told.join("") + "."] : [];
  }

  // At most four sentences, most telling first; one that says so where nothing changes the answer.
  window.breakeven.changes = function (choice) {
    if (choice.found.data.pathways.length < 2 || !choice.contenders.length) { return []; }
    if (!choice.winner) { return [letIn(choice)]; }
    var volumes = byVolume(choice);
    var said = volumes.slice(0, 1).concat(
      lowerFloor(choice), otherCosts(choice), window.breakeven.byTasks(choice), volumes.slice(1),
      higherFloor(choice)).slice(0, MOST);
    if (said.length || choice.contenders.length < 2) { return said; }
    return [nothing(choice)];
  };
})();
