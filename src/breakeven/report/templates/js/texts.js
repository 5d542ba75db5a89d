// Texts: the numbers of a decision as the first screen prints them, as report/decided.py does.
(function () {
  "use strict";
  var quantity = window.breakeven.quantity;
  var words = window.breakeven.words;
  var MOSTLY = 0.5, ONCE_DIGITS = 3;
  var PREFIXES = { "cheaper only up to": "only up to ", "not shown": "not shown; about " };

  // An estimate of a decision with its infinite ends as numbers.
  function opened(found) {
    function end(value) {
      return value === "inf" ? Infinity : value === "-inf" ? -Infinity : value;
    }
    return {
      value: found.value, low: end(found.low), high: end(found.high), level: found.level
    };
  }

  // A break-even as one line: its verdict where that says all, else the volume.
  function breakEvenText(found) {
    var isLimit = found.verdict === "never" || found.verdict === "always cheaper";
    if (isLimit || found.value === null) { return found.verdict; }
    var volume = quantity.formatVolume(opened(found), { minDigits: 3 });
    return (PREFIXES[found.verdict] || "") + volume;
  }

  // Choice and runner-up of whose average over half is development measured once.
  function mostlyOnce(decision) {
    return [decision.pathway, decision.runner_up].filter(function (name) {
      return decision.ranked.some(function (each) {
        return each.pathway === name && each.once_share > MOSTLY;
      });
    });
  }

  function onceWords(names, covers) {
    return !names.length ? "" : "More than half of the " +
      (names.length > 1 ? "averages" : "average") + " of " + words.listed(names) +
      " is development measured once: its own scatter is " +
      (covers ? "not in the interval" : "not known") + ".";
  }

  // {volume, cost, runner_up_cost, measured_once, probability, break_even}; empty where there is none.
  function texts(decision, terms) {
    var averages = [decision.average, decision.runner_up_average];
    var shown = averages.filter(Boolean).map(function (each) { return each.value; });
    var scale = quantity.pairScale(shown, terms.scale);
    var once = mostlyOnce(decision), names = [decision.pathway, decision.runner_up];
    var told = averages.map(function (each, place) {
      var most = once.indexOf(names[place]) >= 0 ? ONCE_DIGITS : undefined;
      return each ? quantity.formatEstimate(
        opened(each), terms.scale, { scale: scale, maxDigits: most }) : "";
    });
    return {
      volume: quantity.formatItems(decision.volume, terms.item),
      cost: told[0],
      runner_up_cost: told[1],
      measured_once: onceWords(once, decision.covers),
      probability: decision.sure ? decision.sure.text : "",
      break_even: decision.break_even ? breakEvenText(decision.break_even) : ""
    };
  }

  window.breakeven.texts = { texts: texts, breakEvenText: breakEvenText, opened: opened };
})();
