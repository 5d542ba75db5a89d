// Words: the sentence of a break-even under each verdict and what an interval covers; as
// costs/sentences.py and costs/comparison.py write them.
//
// A `pair` is {candidate, incumbent, extra, saved, onceOnly}, `found` its break-even {verdict,
// value, low, high, level}, `terms` are {words: {name, less}, scale, item: {one, many}}.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var u = window.breakeven.uncertain;
  var units = window.breakeven.units;

  // Several words as one phrase.
  function listed(words) {
    return words.length === 1 ? words[0]
      : words.slice(0, -1).join(", ") + " and " + words[words.length - 1];
  }

  // Which scatter an interval that rests on development and use holds, and which not.
  function coverage(development, use, onceOnly) {
    if (!u.hasScatter(use)) {
      return u.hasScatter(development) ? "over repeated development only" : "";
    }
    if (!u.hasScatter(development)) {
      return "over inference runs" + (onceOnly.length ? " only; development ran once" : "");
    }
    var missed = onceOnly.length ? "; " + listed(onceOnly) + " ran once" : "";
    return "over inference runs and repeated development" + missed;
  }

  function volumeWords(volume, terms) {
    return units.formatCount(volume) + " " + (volume === 1 ? terms.item.one : terms.item.many);
  }

  function amount(value, terms) {
    return units.amountWords(terms.scale, value);
  }

  // Where an interval comes from, and which scatter is in it.
  function source(pair, found) {
    if (found.level === null) { return "by the resolution"; }
    var covers = coverage(pair.extra, pair.saved, pair.onceOnly);
    return (n.percent(found.level, 0) + " interval " + covers).replace(/ $/, "");
  }

  // Both ends in brackets, and where they come from; empty where they read alike.
  function rangeWords(low, high, pair, found) {
    return low === high ? "" : " (" + low + " to " + high + ", " + source(pair, found) + ")";
  }

  // The interval of a volume in brackets; empty where there is none or its ends read alike.
  function range(pair, found) {
    if (found.low === null || found.high === null) { return ""; }
    return rangeWords(units.formatCount(found.low), units.formatCount(found.high), pair, found);
  }

  // What the choice saves over a volume against the runner-up, good enough too or not; `found` is
  // {value, low, high, level}.
  function savingSentence(pair, found, volume, isEqual, terms) {
    var over = "Over " + volumeWords(volume, terms) + " " + pair.candidate;
    var sign = found.value < 0 ? -1 : 1;
    var ends = [sign * found.low, sign * found.high].sort(function (a, b) { return a - b; });
    var tail = (isEqual ? "" : ", which is not good enough") +
      rangeWords(amount(ends[0], terms), amount(ends[1], terms), pair, found) + ".";
    var size = amount(Math.abs(found.value), terms);
    if (found.value > 0) { return over + " saves " + size + " against " + pair.incumbent + tail; }
    if (found.value < 0) { return over + " takes " + size + " more than " + pair.incumbent + tail; }
    return over + " takes the same " + terms.words.name + " as " + pair.incumbent + tail;
  }

  function finite(pair, found, terms) {
    return pair.candidate + " has cost " + terms.words.less + " than " + pair.incumbent +
      " from " + volumeWords(found.value, terms) + " on" + range(pair, found) + ".";
  }

  function upTo(pair, found, terms) {
    return pair.candidate + " has cost " + terms.words.less + " than " + pair.incumbent +
      " only up to " + volumeWords(found.value, terms) + range(pair, found) + ": each " +
      terms.item.one + " takes " + amount(-pair.saved.value, terms) + " more.";
  }

  function always(pair, found, terms) {
    if (u.isSame([pair.extra, pair.saved])) {
      return pair.candidate + " and " + pair.incumbent + " take the same " + terms.words.name +
        " at every volume.";
    }
    var latest = found.high ? " (" + volumeWords(found.high, terms) + " at the latest)" : "";
    return pair.candidate + " costs " + terms.words.less + " than " + pair.incumbent +
      " from the first " + terms.item.one + " on" + latest + ".";
  }

  function never(pair, found, terms) {
    var extra = pair.extra.value, saved = pair.saved.value, one = terms.item.one, parts = [];
    if (extra > 0) { parts.push(amount(extra, terms) + " more to develop"); }
    if (saved < 0) { parts.push(amount(-saved, terms) + " more per " + one); }
    if (parts.length === 1) {
      parts.push(extra > 0 ? "saves nothing per " + one : "saves nothing in development");
    }
    var latest = found.high ? " (from " + volumeWords(found.high, terms) + " on)" : "";
    return pair.candidate + " never costs " + terms.words.less + " than " + pair.incumbent +
      latest + ": it takes " + parts.join(" and ") + ".";
  }

  function notShown(pair, found, terms) {
    var less = terms.words.less, one = terms.item.one;
    if (u.isSame([pair.saved])) {
      return "Not shown whether " + pair.candidate + " costs " + less + " than " +
        pair.incumbent + ": both take the same per " + one + ", and what sets their " +
        "development apart cannot be told from 0.";
    }
    var ends = u.interval(pair.saved).map(function (end) { return amount(end, terms); });
    var saving = "the saving per " + one + " (" + ends.join(" to ") + ") cannot be told from 0";
    var start = "Not shown whether " + pair.candidate + " ever costs " + less + " than " +
      pair.incumbent + ": " + saving;
    if (!found.low) { return start + "."; }
    var volume = volumeWords(found.low, terms);
    if (pair.extra.value > 0) { return start + "; if it does, not before " + volume + "."; }
    return pair.candidate + " costs " + less + " than " + pair.incumbent + " for at least " +
      volume + "; beyond that it is not shown, for " + saving + ".";
  }

  var SENTENCES = {
    "finite": finite, "cheaper only up to": upTo, "always cheaper": always, "never": never,
    "not shown": notShown
  };

  // Who pays back against whom, from which volume, and how sure that is.
  function breakEvenSentence(pair, found, terms) {
    return SENTENCES[found.verdict](pair, found, terms);
  }

  window.breakeven.words = {
    listed: listed, coverage: coverage, breakEvenSentence: breakEvenSentence,
    savingSentence: savingSentence, rangeWords: rangeWords, intervalWords: range,
    volumeWords: volumeWords, amount: amount
  };
})();
