// Quantities: estimates as text, with the digits their interval allows; as report/quantity.py.
//
// An estimate here is {value, low, high, level}.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var units = window.breakeven.units;
  var NBSP = "\u00a0", EN_DASH = "\u2013", NOT_MEASURED = "not measured";
  var MAX_DIGITS = 4, NARROW_FRAC = 0.005, FAR = 100, ROUNDING = 1e-9;

  // Decimals worth printing: the half-width keeps one digit, two when it starts with 1 or 2.
  function decimals(value, halfWidth, minDigits, maxDigits) {
    if (value === 0 && !halfWidth) { return 0; }
    var size = value ? n.decade(Math.abs(value)) : 0;
    if (!halfWidth || !isFinite(halfWidth)) { return 2 - size; }
    var place = n.decade(halfWidth);
    var leading = halfWidth / Number("1e" + place);
    var wanted = -place + (leading < 3 ? 1 : 0);
    return Math.min(Math.max(wanted, minDigits - 1 - size), maxDigits - 1 - size);
  }

  // Both ends of the interval worth showing, or nulls.
  function ends(estimate) {
    var value = estimate.value, low = estimate.low, high = estimate.high;
    if (value === null || low === null || high === null ||
        high - low <= ROUNDING * Math.abs(value)) { return [null, null]; }
    var isNarrow = high - low <= 2 * NARROW_FRAC * Math.abs(value);
    return estimate.level === null && isNarrow ? [null, null] : [low, high];
  }

  function halfWidthOf(value, low, high) {
    if (low === null || high === null) { return null; }
    return Math.abs(high) === Infinity ? value - low : (high - low) / 2;
  }

  // Decimals that show a number apart from 0: up to its first digit where so many do not.
  function apart(value, places) {
    if (value === 0 || !isFinite(value)) { return places; }
    return Math.max(places, -n.decade(Math.abs(value)));
  }

  function number(value, places) {
    if (!isFinite(value)) { return n.fixed(value, 0); }
    return n.grouped(n.fixed(n.round(value, places) + 0, Math.max(0, places)));
  }

  function between(start, end) {
    var isBelow0 = start[0] === "-" || end[0] === "-";
    return isBelow0 ? start + " to " + end : start + EN_DASH + end;
  }

  function withUnit(text, symbol) {
    return symbol ? text + NBSP + symbol : text;
  }

  function scaledText(estimate, unit, options) {
    var value = estimate.value / unit.factor;
    var shown = ends(estimate).map(function (end) {
      return end === null ? null : end / unit.factor;
    });
    var low = shown[0], high = shown[1];
    var places = decimals(
      value, halfWidthOf(value, low, high), options.minDigits || 0,
      options.maxDigits || MAX_DIGITS);
    var mayBe0 = low !== null && low < 0 && high > 0;
    var text = withUnit(number(value, mayBe0 ? places : apart(value, places)), unit.symbol);
    if (options.interval === false || low === null) { return text; }
    var noise = ROUNDING * Math.abs(value);
    var texts = [low, high].map(function (end) {
      return number(end, Math.abs(end) > noise ? apart(end, places) : places);
    });
    if (Math.abs(high) === Infinity && low <= 0) { return text + " (no bound)"; }
    if (Math.abs(high) === Infinity) {
      return text + " (at least " + withUnit(texts[0], unit.symbol) + ")";
    }
    return texts[0] === texts[1] ? text : text + " (" + between(texts[0], texts[1]) + ")";
  }

  // Value of a measure with its interval; `options`: interval, scale, minDigits.
  function formatEstimate(estimate, measure, options) {
    var wanted = options || {};
    if (!estimate || estimate.value === null) { return NOT_MEASURED; }
    var isHidden = wanted.interval === false && !estimate.value;
    if (measure.kind === "energy" && isHidden && estimate.high) {
      var top = units.shownScale(measure, estimate.high);
      return "below " + n.general(estimate.high / top.factor, 3) + NBSP + top.symbol;
    }
    return scaledText(
      estimate, wanted.scale || units.shownScale(measure, estimate.value), wanted);
  }

  // Volume with its interval; an open end is said in words.
  function formatVolume(estimate, options) {
    if (estimate.value === null) { return "none"; }
    var wanted = options || {};
    return scaledText(estimate, units.countScale(estimate.value), {
      interval: wanted.interval, minDigits: wanted.minDigits, maxDigits: 3
    });
  }

  // Score with its interval; `isFraction` for metrics that are read in percent where at most 1.
  function formatScore(estimate, isFraction, options) {
    if (!estimate || estimate.value === null) { return NOT_MEASURED; }
    var isShare = isFraction && Math.abs(estimate.value) <= 1;
    return scaledText(estimate, isShare ? units.scale(0.01, "%") : units.scale(1, ""), {
      interval: (options || {}).interval, minDigits: 2
    });
  }

  // Probability in percent; certainty is never claimed from a finite sample.
  function formatProbability(probability) {
    if (probability === null) { return "not computable"; }
    if (probability > 0.99) { return "> 99" + NBSP + "%"; }
    if (probability < 0.01) { return "< 1" + NBSP + "%"; }
    return n.fixed(100 * probability, 0) + NBSP + "%";
  }

  // Volume in words; `item` is {one, many}.
  function formatItems(volume, item) {
    return units.formatCount(volume) + " " + (volume === 1 ? item.one : item.many);
  }

  // One unit for several values, so that they compare by eye; null when they lie too far apart.
  function commonScale(values, measure) {
    var sizes = values.filter(Boolean).map(Math.abs).sort(function (a, b) { return a - b; });
    if (!sizes.length) { return null; }
    var smallest = sizes[0], largest = sizes[sizes.length - 1];
    var candidates = [sizes[Math.floor(sizes.length / 2)], smallest].map(function (size) {
      return units.shownScale(measure, size);
    });
    return candidates.find(function (c) {
      return smallest >= c.factor / 10 && largest < c.factor * 1e4;
    }) || null;
  }

  // The same for what is read side by side; null where more than a hundredfold sets it apart.
  function pairScale(values, measure) {
    var sizes = values.filter(Boolean).map(Math.abs);
    var isFar = sizes.length &&
      Math.max.apply(null, sizes) > FAR * Math.min.apply(null, sizes);
    return isFar ? null : commonScale(sizes, measure);
  }

  window.breakeven.quantity = {
    decimals: decimals, ends: ends, formatEstimate: formatEstimate, formatVolume: formatVolume,
    formatScore: formatScore, formatProbability: formatProbability, formatItems: formatItems,
    commonScale: commonScale, pairScale: pairScale
  };
})();
