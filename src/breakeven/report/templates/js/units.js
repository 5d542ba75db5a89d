// Units: SI inside, people's units where text is made; as units.py, analysis/words.py and
// report/quantity.py have them. A scale is {factor, symbol}.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var PREFIXES = [
    [1e24, "Y"], [1e21, "Z"], [1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"],
    [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "\u00b5"], [1e-9, "n"], [1e-12, "p"]
  ];
  var COUNTS = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
  var J_PER_WH = 3600, MIB = 1048576, GIB = 1073741824;

  function scale(factor, symbol) {
    return { factor: factor, symbol: symbol };
  }

  // Largest step that leaves at least 1 after rounding to three digits; undefined below all.
  function step(size, steps) {
    return steps.find(function (s) { return Math.abs(size) >= s[0] * (1 - 0.5e-3); });
  }

  function si(size, unit) {
    if (size === 0 || !isFinite(size)) { return scale(1, unit); }
    var found = step(size, PREFIXES) || PREFIXES[PREFIXES.length - 1];
    return scale(found[0], found[1] + unit);
  }

  function duration(size) {
    var steps = [[4 * 86400, 86400, "days"], [1e4, 3600, "h"], [1e2, 60, "min"]];
    var found = steps.find(function (s) {
      return s[0] <= Math.abs(size) && Math.abs(size) < Infinity;
    });
    return found ? scale(found[1], found[2]) : si(size, "s");
  }

  function energy(size) {
    if (Math.abs(size) < J_PER_WH || !isFinite(size)) { return si(size, "J"); }
    var found = si(size / J_PER_WH, "Wh");
    return scale(found.factor * J_PER_WH, found.symbol);
  }

  function bytes(size) {
    var isLarge = GIB <= Math.abs(size) && Math.abs(size) < Infinity;
    return isLarge ? scale(GIB, "GiB") : scale(MIB, "MiB");
  }

  function byteSeconds(size) {
    var found = bytes(size);
    return scale(found.factor, found.symbol + " s");
  }

  function count(size) {
    var found = isFinite(size) ? step(size, COUNTS) : undefined;
    return found ? scale(found[0], found[1]) : scale(1, "");
  }

  function carbon(size, symbol) {
    var found = si(size * 1e3, symbol);
    return scale(found.factor / 1e3, found.symbol);
  }

  // A currency, or its millionths or billionths in words where zeros would be miscounted.
  function money(size, currency) {
    var steps = [[1e-3, 1, ""], [1e-6, 1e-6, "millionths"], [0, 1e-9, "billionths"]];
    var found = size === 0 || isNaN(size) ? steps[0] : steps.find(function (s) {
      return Math.abs(size) >= s[0] * (1 - 0.5e-3);
    });
    return scale(found[1], found[2] ? found[2] + " of a " + currency : currency);
  }

  // Unit of an amount by its measure's `scale` {kind, unit, prefix} in the page's data.
  function scaleOf(measure, size) {
    switch (measure.kind) {
      case "duration": return duration(size);
      case "energy": return energy(size);
      case "byte_seconds": return byteSeconds(size);
      case "bytes": return bytes(size);
      case "si": return si(size, measure.unit);
      case "carbon": return carbon(size, measure.unit);
      case "money": return money(size, measure.unit);
      default: return count(size);
    }
  }

  // The same as tables and bars print it: carbon in "g CO2e", sentences write "gCO2e".
  function shownScale(measure, size) {
    if (measure.kind !== "carbon") { return scaleOf(measure, size); }
    var found = carbon(size, "g");
    return scale(found.factor, found.symbol + " CO2e");
  }

  function digits3(value) {
    if (Math.abs(value) === Infinity) { return value > 0 ? "\u221e" : "-\u221e"; }
    var text = n.general(value, 3);
    return text.indexOf("e+") >= 0 ? n.fixed(Number(text), 0) : text;
  }

  // A count the way people say it: 1.27e8 is "127 million".
  function formatCount(value) {
    if (!isFinite(value)) { return digits3(value); }
    var found = step(value, COUNTS);
    var text = digits3(found ? value / found[0] : value);
    if (found) { return text + " " + found[1]; }
    return Math.abs(Number(text)) >= 1e3 ? n.grouped(n.fixed(Number(text), 0)) : text;
  }

  // Three digits without an exponent: counts in words from 1,000 on, small ones written out.
  function plain3(value) {
    var text = n.general(value, 3);
    if (text.indexOf("e-") >= 0) {
      return n.fixed(value, 2 - n.decade(Math.abs(value))).replace(/0+$/, "");
    }
    return text.indexOf("e+") >= 0 ? formatCount(value) : text;
  }

  // An amount with three digits in a unit that reads easily, as sentences write it.
  function amountWords(measure, value) {
    if (measure.kind === "count") { return formatCount(value); }
    var unit = scaleOf(measure, value);
    return plain3(value / unit.factor) + " " + measure.prefix + unit.symbol;
  }

  window.breakeven.units = {
    scale: scale, countScale: count, shownScale: shownScale, formatCount: formatCount,
    amountWords: amountWords
  };
})();
