// Fieller's set: every volume that the data do not exclude as break-even, bounded or not, with its
// verdict and the chance of being cheaper; as costs/fieller.py and costs/payback.py have it.
(function () {
  "use strict";
  var u = window.breakeven.uncertain;
  var student = window.breakeven.student;

  function span(low, high) {
    return { low: low, high: high };
  }

  function volumeSet(spans, isDenominatorClear) {
    return {
      spans: spans,
      isDenominatorClear: isDenominatorClear,
      low: spans.length ? spans[0].low : null,
      high: spans.length ? spans[spans.length - 1].high : null
    };
  }

  // Satterthwaite's degrees of freedom of numerator - n * denominator at the point ratio.
  function plugInDf(numerator, denominator) {
    return u.df(u.minus(
      u.scaled(numerator, denominator.value), u.scaled(denominator, numerator.value)));
  }

  // Volumes n >= 0 for which `numerator - n * denominator = 0` is not rejected.
  function fiellerSet(numerator, denominator, level) {
    var t = student.quantile(plugInDf(numerator, denominator), level), t2 = t * t;
    var a = numerator.value, b = denominator.value;
    var varA = numerator.variance, varB = denominator.variance;
    var quadratic = b * b - t2 * varB, linear = a * b, constant = a * a - t2 * varA;
    // linear^2 - quadratic * constant, expanded: the difference itself would cancel
    var discriminant = t2 * (a * a * varB + b * b * varA) - t2 * t2 * (varA * varB);
    var spans = notPositive(quadratic, linear, constant, discriminant);
    return volumeSet(atOrAboveZero(spans), quadratic > 0);
  }

  // Volumes n >= 0 at which costs can be equal for some values within the worst-case bounds.
  function boundsSet(numerator, denominator) {
    var least = atLeast(denominator.high, numerator.low);
    var most = atLeast(-denominator.low, -numerator.high);
    var low = Math.max(least.low, most.low), high = Math.min(least.high, most.high);
    return volumeSet(
      low <= high ? [span(low, high)] : [], denominator.low > 0 || denominator.high < 0);
  }

  // Where `n * slope >= bound` among n >= 0; an empty span has low > high.
  function atLeast(slope, bound) {
    if (slope > 0) { return span(Math.max(0, bound / slope), Infinity); }
    if (slope < 0) { return span(0, bound / slope); }
    return bound <= 0 ? span(0, Infinity) : span(Infinity, 0);
  }

  // Where `quadratic n^2 - 2 linear n + constant <= 0`.
  function notPositive(quadratic, linear, constant, discriminant) {
    if (quadratic === 0) { return halfLine(linear, constant); }
    if (quadratic < 0 && discriminant <= 0) { return [span(-Infinity, Infinity)]; }
    var far = Math.sqrt(Math.max(discriminant, 0));
    var root = linear + (linear < 0 || Object.is(linear, -0) ? -far : far);
    var ends = root ? [constant / root, root / quadratic] : [0, 0];
    if (ends[0] > ends[1]) { ends.reverse(); }
    if (quadratic > 0) { return [span(ends[0], ends[1])]; }
    return [span(-Infinity, ends[0]), span(ends[1], Infinity)];
  }

  function halfLine(linear, constant) {
    if (linear > 0) { return [span(constant / (2 * linear), Infinity)]; }
    if (linear < 0) { return [span(-Infinity, constant / (2 * linear))]; }
    return constant <= 0 ? [span(-Infinity, Infinity)] : [];
  }

  function atOrAboveZero(spans) {
    return spans.filter(function (s) { return s.high >= 0; }).map(function (s) {
      return span(Math.max(0, s.low), s.high);
    });
  }

  // What can be said, from the point values and the set of volumes not excluded.
  function verdictOf(extra, saved, volumes) {
    if (u.isSame([extra, saved])) { return "always cheaper"; }
    if (!volumes.spans.length) { return extra.value < 0 ? "always cheaper" : "never"; }
    if (!volumes.isDenominatorClear) { return "not shown"; }
    if (saved.value > 0) { return extra.value > 0 ? "finite" : "always cheaper"; }
    return extra.value < 0 ? "cheaper only up to" : "never";
  }

  // {value, low, high} of the volume under each verdict; null where there is none.
  function ends(extra, saved, volumes, verdict) {
    var latest = volumes.high || null;
    if (verdict === "never") {
      return { value: null, low: null, high: latest === Infinity ? null : latest };
    }
    if (verdict === "always cheaper") {
      return { value: 0, low: 0, high: latest === Infinity || latest === null ? 0 : latest };
    }
    // signs, not their product: that of two tiny numbers is 0
    var isSameSign = saved !== 0 && extra !== 0 && (extra > 0) === (saved > 0);
    var hasPoint = isSameSign && (saved > 0 || verdict === "cheaper only up to");
    return { value: hasPoint ? extra / saved : null, low: volumes.low, high: volumes.high };
  }

  // {verdict, value, low, high, level} of the volumes from which the candidate has cost less.
  function breakEven(extra, saved) {
    var isScattered = u.hasScatter(extra) || u.hasScatter(saved);
    var volumes = isScattered ? fiellerSet(extra, saved) : boundsSet(extra, saved);
    var verdict = verdictOf(extra, saved, volumes);
    var found = ends(extra.value, saved.value, volumes, verdict);
    found.verdict = verdict;
    found.level = isScattered ? 0.95 : null;
    return found;
  }

  // P(the candidate has cost less after `volume` items).
  function probabilityCheaper(extra, saved, volume) {
    var ahead = u.minus(u.scaled(saved, volume), extra);
    if (!u.hasScatter(ahead) && (ahead.low > 0 || ahead.high < 0)) {
      return ahead.low > 0 ? 1 : 0;
    }
    if (ahead.variance <= 0) { return 0.5; }
    return student.cdf(ahead.value / Math.sqrt(ahead.variance), u.df(ahead));
  }

  window.breakeven.fieller = {
    fiellerSet: fiellerSet, boundsSet: boundsSet, plugInDf: plugInDf, breakEven: breakEven,
    probabilityCheaper: probabilityCheaper
  };
})();
