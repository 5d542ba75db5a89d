// Reasons: the choice in words that a person can check against the numbers; as costs/reasons.py and
// scoring/unscored.py write them.
//
// A `choice` is {terms, metric, clear, unclear(left, right), sureness(left, right), pathways (all
// there are), living (those with a life), mayReach(contender), contenders, winner, runnerUp, probability, minScore,
// bar {value, words}, volume}; of those living each is {name, pathway, average, isGoodEnough}.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var units = window.breakeven.units;
  var words = window.breakeven.words;
  var DOUBT = " The difference in cost is not certain.";

  function g3(value) {
    return n.general(value, 3);
  }

  function amount(contender, choice) {
    return words.amount(contender.average, choice.terms);
  }

  function overVolume(choice) {
    var item = choice.terms.item;
    return units.formatCount(choice.volume) + " " + (choice.volume === 1 ? item.one : item.many);
  }

  function least(list, key) {
    return list.reduce(function (a, b) { return key(b) < key(a) ? b : a; });
  }

  // Words for pathways whose score may be that of always giving the commonest answer.
  function untaught(named, choice) {
    var names = named.filter(function (c) { return c.pathway.is_above_majority === false; })
      .map(function (c) { return c.name; });
    if (!names.length) { return ""; }
    return " " + words.listed(names) + (names.length === 1 ? " has" : " have") +
      " not been shown to score above always giving the " + choice.metric.constant + " answer.";
  }

  function scoreWords(winner, other, choice) {
    var value = winner.pathway.score, theirs = other.pathway.score;
    if (value === theirs) { return "both score " + g3(value); }
    return "it scores " + g3(value) + " against " + g3(theirs) + ", " +
      n.general(Math.abs(value - theirs), 2) + " " + (value > theirs ? "higher" : "lower") +
      choice.unclear(winner, other);
  }

  function cheaper(winner, other, choice) {
    var theirs = other.average, ratio = theirs ? winner.average / theirs : 1;
    var isDoubtful = choice.probability !== null && choice.probability < choice.clear;
    return winner.name + " takes " + amount(winner, choice) + " per " + choice.terms.item.one +
      ", " + n.percent(1 - ratio, 0) + " less than " + other.name + " (" +
      amount(other, choice) + "); " + scoreWords(winner, other, choice) + "." +
      (isDoubtful ? DOUBT : "");
  }

  function onlyOne(winner, other, choice) {
    var isCheaper = other.average < winner.average;
    var byPoints = choice.contenders.some(choice.mayReach) ? " by point values" : "";
    return winner.name + " is the only pathway that is good enough" + byPoints + ": it scores " +
      g3(winner.pathway.score) + " and takes " + amount(winner, choice) + " per " +
      choice.terms.item.one + ". " + other.name + " is " +
      (isCheaper ? "cheaper" : "no cheaper") + " (" + amount(other, choice) + ") " +
      (isCheaper ? "but" : "and") + " scores " + g3(other.pathway.score) + ", " +
      choice.metric.side + " the " + g3(choice.bar.value) + " asked for" +
      choice.unclear(winner, other) + ".";
  }

  function isUnscored(choice) {
    return choice.pathways.length > 0 &&
      choice.pathways.every(function (p) { return p.score === null; });
  }

  // What costs alone tell where nothing was scored; empty where nobody has all of them.
  function unscored(choice) {
    var ranked = choice.living.slice().sort(function (a, b) {
      return a.average - b.average;
    });
    if (!ranked.length) { return ""; }
    var average = amount(ranked[0], choice) + " per " + choice.terms.item.one +
      ", development included";
    if (choice.pathways.length === 1) {
      return "Nothing was scored, so that the study's one pathway cannot be called good " +
        "enough. Over " + overVolume(choice) + " " + ranked[0].name + " takes " + average + "." +
        untrained(ranked);
    }
    var follows = ranked.length > 1
      ? "; " + ranked[1].name + " follows with " + amount(ranked[1], choice) : "";
    var isDoubtful = ranked.length > 1 && choice.sureness(ranked[0], ranked[1]) < choice.clear;
    return "Nothing was scored, so that no pathway can be called good enough, and break-evens " +
      "hold only if all do the task equally well. By cost alone " + ranked[0].name +
      " takes least over " + overVolume(choice) + ": " + average + follows + "." +
      (isDoubtful ? DOUBT : "") + untrained(ranked);
  }

  // Words for pathways whose development holds no training.
  function untrained(ranked) {
    var names = ranked.filter(function (c) { return c.pathway.is_fetched; })
      .map(function (c) { return c.name; });
    if (!names.length) { return ""; }
    var whose = names.length < ranked.length ? " of " + words.listed(names) : "";
    return " Development" + whose + " is fetching alone: what a training takes, and from which " +
      "volume on it has paid back, is not told here.";
  }

  // Why the winner won, with both numbers.
  function reason(choice) {
    var winner = choice.winner, runnerUp = choice.runnerUp, contenders = choice.contenders;
    if (!contenders.length) {
      return (isUnscored(choice) ? unscored(choice) : "") ||
        "No pathway has a score, a development total and a cost per item in " +
        choice.terms.words.name + ", so none can be recommended.";
    }
    if (!winner) {
      var best = least(contenders, function (c) { return -c.pathway.product; });
      return "No pathway reaches the score asked for (" + g3(choice.minScore) + "); the best, " +
        best.name + ", scores " + g3(best.pathway.score) + ".";
    }
    var takes = winner.name + " takes " + amount(winner, choice) + " per " +
      choice.terms.item.one;
    if (choice.pathways.length === 1) {
      return "The study has one pathway, so nothing is chosen. " + takes +
        ", development included." + untaught([winner], choice);
    }
    var others = contenders.filter(function (c) { return c !== winner; });
    if (!runnerUp && others.length) {
      var cheapest = least(others, function (c) { return c.average; });
      return onlyOne(winner, cheapest, choice) + untaught([winner], choice);
    }
    if (!runnerUp) {
      return takes + " and is the only pathway that can be ranked." + untaught([winner], choice);
    }
    var said = runnerUp.isGoodEnough ? cheaper : onlyOne;
    return said(winner, runnerUp, choice) + untaught([winner, runnerUp], choice);
  }

  // How the choice was made, and who could not take part; empty where there was none.
  function rule(choice) {
    var isNothingScored = isUnscored(choice), contenders = choice.contenders;
    if (choice.pathways.length === 1 && (contenders.length || isNothingScored)) {
      return choice.minScore === null ? ""
        : "Good enough is a score of " + choice.bar.words + ".";
    }
    var what = choice.terms.words.name + " per " + choice.terms.item.one + " over " +
      overVolume(choice);
    if (isNothingScored) {
      return "Pathways are told apart by the " + what + " alone, development included, " +
        "start-up apart; none is recommended without a score.";
    }
    var isUntaught = contenders.some(function (c) {
      return c.pathway.is_above_majority === false;
    });
    var leftOut = choice.pathways.filter(function (p) {
      return !contenders.some(function (c) { return c.name === p.name; });
    }).map(function (p) { return p.name; });
    return "Among pathways that score " + choice.bar.words + ", the lowest " + what +
      ", development included, start-up apart; point values decide." +
      (isUntaught ? " Pathways not shown to score above the " + choice.metric.constant +
        " answer come last." : "") +
      (leftOut.length ? " Not ranked for want of a number: " + leftOut.join(", ") + "." : "");
  }

  window.breakeven.reasons = { reason: reason, rule: rule };
})();
