// Texts: the numbers of a decision as the first screen prints them, as report/decided.py does.
(function () {
  "use strict";
  var quantity = window.breakeven.quantity;
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

  // {volume, cost, runner_up_cost, probability, break_even}; empty where there is none.
  function texts(decision, terms) {
    var averages = [decision.average, decision.runner_up_average];
    var shown = averages.filter(Boolean).map(function (each) { return each.value; });
    var scale = quantity.pairScale(shown, terms.scale);
    var told = averages.map(function (each) {
      return each ? quantity.formatEstimate(opened(each), terms.scale, { scale: scale }) : "";
    });
    return {
      volume: quantity.formatItems(decision.volume, terms.item),
      cost: told[0],
      runner_up_cost: told[1],
      probability: decision.sure ? decision.sure.text : "",
      break_even: decision.break_even ? breakEvenText(decision.break_even) : ""
    };
  }

  window.breakeven.texts = { texts: texts, breakEvenText: breakEvenText, opened: opened };
})();
