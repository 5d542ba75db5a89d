// Uncertain: a value with its variance and worst-case bounds, as analysis/uncertain.py has it.
//
// An uncertain number is {value, low, high, variance, curvature}; `curvature` is the sum over its
// parts of variance^2 / degrees of freedom, 0 without scatter. Kinds and runs stay with the page's
// data: they do not enter any number.
(function () {
  "use strict";
  var student = window.breakeven.student;
  var ROUNDING_FRAC = 1e-9;

  function uncertain(value, low, high, variance, curvature) {
    return { value: value, low: low, high: high, variance: variance, curvature: curvature };
  }

  // From the page's [value, low, high, variance, curvature]; null stays null.
  function from(parts) {
    return parts ? uncertain(parts[0], parts[1], parts[2], parts[3], parts[4]) : null;
  }

  function exact(value) {
    return uncertain(value, value, value, 0, 0);
  }

  // Left minus right; 0 when they differ by no more than ROUNDING_FRAC of the larger.
  function difference(left, right) {
    if (left === right) { return 0; }
    var apart = Math.abs(left - right);
    var most = ROUNDING_FRAC * Math.max(Math.abs(left), Math.abs(right));
    return apart <= most && apart < Infinity ? 0 : left - right;
  }

  function sum(one, other) {
    return uncertain(
      one.value + other.value, one.low + other.low, one.high + other.high,
      one.variance + other.variance, one.curvature + other.curvature);
  }

  // Sum of several; null of none.
  function total(parts) {
    return parts.length ? parts.reduce(sum) : null;
  }

  function scaled(one, factor) {
    var first = one.low * factor, second = one.high * factor, square = factor * factor;
    return uncertain(
      one.value * factor, Math.min(first, second), Math.max(first, second),
      one.variance * square, one.curvature * square * square);
  }

  // Difference of two independent values; what only rounding tells apart is 0.
  function minus(one, other) {
    return uncertain(
      difference(one.value, other.value), difference(one.low, other.high),
      difference(one.high, other.low),
      one.variance + other.variance, one.curvature + other.curvature);
  }

  // Degrees of freedom of the variance; infinite when it is not from scatter.
  function df(one) {
    return one.curvature > 0 ? one.variance * one.variance / one.curvature : Infinity;
  }

  function hasScatter(one) {
    return one.curvature > 0;
  }

  // [low, high]: t where there is scatter, else the worst-case bounds.
  function interval(one) {
    if (!hasScatter(one)) { return [one.low, one.high]; }
    var half = student.quantile(df(one)) * Math.sqrt(one.variance);
    return [one.value - half, one.value + half];
  }

  // Whether differences are exactly nothing: no value and no doubt.
  function isSame(differences) {
    return differences.every(function (d) {
      return d.low === 0 && d.high === 0 && d.variance === 0;
    });
  }

  // Average cost per item after `volume` items, with its doubt.
  function amortized(development, marginal, volume) {
    return sum(scaled(development, 1 / volume), marginal);
  }

  // {value, low, high, level} as reports show it; the interval of a cost never goes below 0.
  function asEstimate(one) {
    var ends = interval(one);
    return {
      value: one.value, low: Math.max(0, ends[0]), high: ends[1],
      level: hasScatter(one) ? 0.95 : null
    };
  }

  window.breakeven.uncertain = {
    from: from, exact: exact, difference: difference, sum: sum, total: total, scaled: scaled,
    minus: minus, df: df, hasScatter: hasScatter, interval: interval, isSame: isSame,
    amortized: amortized, asEstimate: asEstimate, ROUNDING_FRAC: ROUNDING_FRAC
  };
})();
