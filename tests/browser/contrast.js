/* Every visible text of the page with the contrast of its colour against what lies under it. */
(function () {
  function rgba(text) {
    var found = text.match(/[\d.]+/g).map(Number);
    return /^color\(srgb/.test(text) ? found.slice(0, 3).map(function (x) { return 255 * x; }).concat(found.length > 3 ? found[3] : 1)
      : [found[0], found[1], found[2], found.length > 3 ? found[3] : 1];
  }
  function over(top, under) {
    var a = top[3];
    return [0, 1, 2].map(function (i) { return top[i] * a + under[i] * (1 - a); }).concat(1);
  }
  function luminance(colour) {
    var parts = colour.slice(0, 3).map(function (c) {
      c = c / 255;
      return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  }
  function ratio(a, b) {
    var la = luminance(a), lb = luminance(b);
    return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
  }
  function ground(element) {
    var layers = [];
    for (var up = element; up; up = up.parentElement) {
      var colour = rgba(getComputedStyle(up).backgroundColor);
      if (colour[3] > 0) { layers.push(colour); }
      if (colour[3] === 1) { break; }
    }
    return layers.reverse().reduce(function (under, top) { return over(top, under); }, [255, 255, 255, 1]);
  }
  function opacity(element) {
    var all = 1;
    for (var up = element; up; up = up.parentElement) { all *= Number(getComputedStyle(up).opacity); }
    return all;
  }
  /* Colour of the topmost filled mark that lies under the middle of a text of a chart. */
  function mark(text) {
    var box = text.getBoundingClientRect(), found = null;
    var x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    text.closest("svg").querySelectorAll(".mark-rect path, .mark-rect rect").forEach(function (part) {
      var at = part.getBoundingClientRect(), style = getComputedStyle(part);
      var isUnder = part.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!isUnder || style.fill === "none" || style.fill.indexOf("url") === 0) { return; }
      if (at.left <= x && x <= at.right && at.top <= y && y <= at.bottom) {
        var colour = rgba(style.fill);
        colour[3] *= Number(style.fillOpacity) * opacity(part);
        found = found ? over(colour, found) : over(colour, ground(text.closest("svg")));
      }
    });
    return found;
  }
  var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), told = [];
  while (walker.nextNode()) {
    var node = walker.currentNode, element = node.parentElement;
    if (!node.textContent.trim() || !element.getClientRects().length) { continue; }
    if (element.closest("script, style, noscript, .hidden, [aria-hidden=true]:not(.letter)")) { continue; }
    var style = getComputedStyle(element), inChart = element.closest("svg");
    if (style.visibility === "hidden" || style.opacity === "0") { continue; }
    if (inChart && !element.getBoundingClientRect().width) { continue; }
    var colour = rgba(inChart ? style.fill : style.color);
    if (inChart && (style.fill === "none" || style.stroke !== "none")) { continue; } // a label's halo
    colour[3] *= opacity(element) * (inChart ? Number(style.fillOpacity) : 1);
    var under = (inChart && mark(element)) || ground(inChart || element);
    told.push({ text: node.textContent.trim().slice(0, 50), where: (element.closest("[id]") || {}).id || "",
      part: element.tagName + "." + (element.className.baseVal === undefined ? element.className : ""), ratio: ratio(over(colour, under), under) });
  }
  return told;
})()
