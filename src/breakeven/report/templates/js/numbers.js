// Numbers: text as Python's format() and round() write it, ties to the even digit included.
//
// JavaScript rounds ties away from 0, Python to the even digit; both look at the exact value of the
// double, so that 0.125 is a tie and 0.135 is none.
(function () {
  "use strict";

  var EXACT = 100; // digits after the first, far more than any tie has
  var SHORT = 15; // a decimal of so many digits is the shortest text of its own double

  // {digits, exponent} of a finite size > 0 rounded to `count` >= 1 digits: d.ddd x 10^exponent.
  function significant(size, count) {
    if (count < SHORT) {
      var shortest = split(size.toExponential());
      var mayTie = shortest.digits.length === count + 1 && shortest.digits[count] === "5";
      if (!mayTie) { return split(size.toExponential(count - 1)); }
    }
    var exact = split(size.toExponential(EXACT));
    var kept = exact.digits.slice(0, count), rest = exact.digits.slice(count);
    var isTie = /^50*$/.test(rest);
    var isUp = isTie ? Number(kept[count - 1]) % 2 === 1 : rest[0] >= "5";
    return isUp ? next(kept, exact.exponent) : { digits: kept, exponent: exact.exponent };
  }

  function split(text) {
    var parts = text.split("e");
    return { digits: parts[0].replace(".", ""), exponent: Number(parts[1]) };
  }

  // One more in the last digit.
  function next(digits, exponent) {
    var place = digits.length - 1;
    while (place >= 0 && digits[place] === "9") { place -= 1; }
    var zeros = "0".repeat(digits.length - 1 - place);
    if (place < 0) { return { digits: "1" + zeros.slice(1), exponent: exponent + 1 }; }
    var raised = String(Number(digits[place]) + 1);
    return { digits: digits.slice(0, place) + raised + zeros, exponent: exponent };
  }

  // {digits, exponent} of a finite size >= 0 rounded to `places` after the point; digits "" is 0.
  function atPlaces(size, places) {
    if (size === 0) { return { digits: "", exponent: 0 }; }
    var count = split(size.toExponential()).exponent + 1 + places;
    if (count > 0) { return significant(size, count); }
    // below the last place: 0, or one unit of it where more than half of it is there
    var digits = split(size.toExponential(EXACT)).digits;
    var isUp = count === 0 && digits[0] >= "5" && !/^50*$/.test(digits);
    return isUp ? { digits: "1", exponent: -places } : { digits: "", exponent: 0 };
  }

  // Decimal text of {digits, exponent} with `places` >= 0 after the point.
  function plain(found, places) {
    var digits = found.digits || "0", exponent = found.digits ? found.exponent : 0;
    var whole = exponent < 0 ? "0" : (digits + "0".repeat(Math.max(0, exponent + 1))).slice(
      0, exponent + 1);
    var after = exponent < 0 ? "0".repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
    after = (after + "0".repeat(places)).slice(0, places);
    return places ? whole + "." + after : whole;
  }

  function sign(value) {
    return value < 0 || Object.is(value, -0) ? "-" : "";
  }

  function special(value) {
    return isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  }

  // format(value, ".{places}f")
  function fixed(value, places) {
    if (!isFinite(value)) { return special(value); }
    var size = Math.abs(value);
    var text = size < 1e21 ? plain(atPlaces(size, places), places)
      : window.BigInt(size) + (places ? "." + "0".repeat(places) : "");
    return sign(value) + text;
  }

  // format(value, ".{count}g")
  function general(value, count) {
    if (!isFinite(value)) { return special(value); }
    if (value === 0) { return sign(value) + "0"; }
    var found = significant(Math.abs(value), count), exponent = found.exponent;
    var digits = found.digits.replace(/0+$/, "");
    if (exponent >= -4 && exponent < count) {
      var places = Math.max(0, digits.length - 1 - exponent);
      return sign(value) + plain({ digits: digits, exponent: exponent }, places);
    }
    var power = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    var mantissa = digits[0] + (digits.length > 1 ? "." + digits.slice(1) : "");
    return sign(value) + mantissa + "e" + (exponent < 0 ? "-" : "+") + power;
  }

  // Commas between thousands of a decimal text.
  function grouped(text) {
    var parts = text.split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }

  // format(value, ".{places}%")
  function percent(value, places) {
    return fixed(value * 100, places) + "%";
  }

  // round(value, places), also for places < 0; what rounds to nothing has no sign
  function round(value, places) {
    if (!isFinite(value) || value === 0) { return value; }
    if (places >= 0 && Math.abs(value) >= 1e16) { return value; }
    var found = atPlaces(Math.abs(value), places);
    if (!found.digits) { return 0; }
    var text = found.digits[0] + "." + found.digits.slice(1) + "e" + found.exponent;
    return Number(sign(value) + text);
  }

  // floor(log10(size)) for a finite size > 0, as Python finds it
  function decade(size) {
    return Math.floor(Math.log10(size));
  }

  window.breakeven = window.breakeven || {};
  window.breakeven.numbers = {
    fixed: fixed, general: general, grouped: grouped, percent: percent, round: round,
    decade: decade
  };
})();
