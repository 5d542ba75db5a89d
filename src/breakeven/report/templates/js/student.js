// Student: distribution function and quantile of Student's t for any degrees of freedom above 0.
//
// The integral from 0 to t and the tail beyond t are the incomplete beta function, written in
// u = 1 / df so that infinite degrees of freedom (the normal distribution) are no special case:
// a series of positive terms near 0 (Abramowitz & Stegun 1964, 26.5.4), the continued fraction of
// the Gauss function 2F1(1, 1/2; df / 2 + 1; -df / t^2) beyond (15.3.4 and Gauss 1813).
(function () {
  "use strict";
  var NEAR = 1.5; // below it the series is short; beyond it the tail itself is computed
  var MAX_STEPS = 5000;
  var SMALLEST_STEP = 1e-16;
  var cached = new Map();

  // Gamma(x + 1/2) / (Gamma(x) sqrt(x)), by its asymptotic series once x is large enough.
  function gammaRatio(x) {
    var factor = 1;
    while (x < 15) {
      factor *= Math.sqrt(1 + 1 / x) * x / (x + 0.5);
      x += 1;
    }
    var y = 1 / (x * x);
    var series = -1 / 8 + y * (1 / 192 + y * (-1 / 640 + y * (17 / 14336 + y * (
      -31 / 18432 + y * 691 / 180224))));
    return factor * Math.exp(series / x);
  }

  function peak(df) {
    var normal = 1 / Math.sqrt(2 * Math.PI);
    return df === Infinity ? normal : normal * gammaRatio(df / 2);
  }

  // log(1 + t^2 / df), also where t^2 would overflow
  function logStretch(t, df) {
    var ratio = t / Math.sqrt(df);
    return ratio < 1e8 ? Math.log1p(ratio * ratio) : 2 * (Math.log(t) - Math.log(df) / 2);
  }

  function density(t, df) {
    var exponent = df === Infinity ? t * t / 2 : (df + 1) / 2 * logStretch(t, df);
    return peak(df) * Math.exp(-exponent);
  }

  // Integral of the density from 0 to t, for t at or above 0.
  function centre(t, df) {
    var u = 1 / df, square = t * t, term = 1, sum = 1;
    for (var n = 0; n < MAX_STEPS && term > SMALLEST_STEP * sum; n += 1) {
      term *= square * (1 + (1 + 2 * n) * u) / ((1 + square * u) * (3 + 2 * n));
      sum += term;
    }
    return t * density(t, df) * sum;
  }

  // Fraction 1 / (1 + d1 / (1 + d2 / (1 + ...))) with d_j as below, by Lentz's method.
  function fraction(t, df) {
    var u = 1 / df, scale = 1 / t / t, c = 1, d = 0, value = 1, step = 0;
    for (var j = 1; j < MAX_STEPS && Math.abs(step - 1) > SMALLEST_STEP; j += 1) {
      var part = j * scale * (1 + (j - 1) * u) / ((1 + (2 * j - 2) * u) * (1 + 2 * j * u));
      d = 1 / (1 + part * d);
      c = 1 + part / c;
      step = c * d;
      value *= step;
    }
    return 1 / value;
  }

  // Integral of the density from t on, for t at or above 0.
  function tail(t, df) {
    if (t < NEAR) { return 0.5 - centre(t, df); }
    if (t === Infinity) { return 0; }
    var exponent = df === Infinity ? t * t / 2 : (df - 1) / 2 * logStretch(t, df);
    return peak(df) * Math.exp(-exponent - Math.log(t)) * fraction(t, df);
  }

  // P(T <= t)
  function cdf(t, df) {
    if (isNaN(t) || !(df > 0)) { return NaN; }
    return t < 0 ? tail(-t, df) : t < NEAR ? 0.5 + centre(t, df) : 1 - tail(t, df);
  }

  // Newton on the integral from 0: concave and rising, from below the root.
  function nearQuantile(share, df) {
    var t = share / peak(df);
    for (var n = 0; n < 60; n += 1) {
      var step = (share - centre(t, df)) / density(t, df);
      t += step;
      if (Math.abs(step) <= 1e-15 * t) { break; }
    }
    return t;
  }

  // Newton on the logarithm of the tail over the logarithm of t: concave and falling.
  function farQuantile(beyond, df) {
    var squared = -2 * Math.log(2 * beyond);
    var t = Math.sqrt(
      df === Infinity ? squared : df * Math.expm1(Math.min(squared / df, 1200)));
    for (var n = 0; n < 200; n += 1) {
      var left = tail(t, df);
      var step = Math.log(left / beyond) * left / (t * density(t, df));
      t *= Math.exp(step);
      if (Math.abs(step) <= 1e-15) { break; }
    }
    return t;
  }

  // t with P(T <= t) = p
  function inverse(p, df) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) { return NaN; }
    if (p === 0 || p === 1) { return p === 0 ? -Infinity : Infinity; }
    var beyond = Math.min(p, 1 - p);
    var size = beyond === 0.5 ? 0
      : beyond > 0.25 ? nearQuantile(0.5 - beyond, df) : farQuantile(beyond, df);
    return p < 0.5 ? -size : size;
  }

  // Two-sided quantile: half-width of an interval in standard errors; 95 % unless asked otherwise.
  function quantile(df, level) {
    if (level !== undefined) { return inverse((1 + level) / 2, df); }
    if (!cached.has(df)) {
      if (cached.size > 4096) { cached.clear(); }
      cached.set(df, inverse((1 + 0.95) / 2, df));
    }
    return cached.get(df);
  }

  window.breakeven = window.breakeven || {};
  window.breakeven.student = { cdf: cdf, inverse: inverse, quantile: quantile };
})();
