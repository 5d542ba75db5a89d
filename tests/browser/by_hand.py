"""Controls of the report turned as a person turns them, and what the first screen then says."""

import json
from collections.abc import Mapping
from typing import Any

from tools.devtools import Tab

DRIVE = """
  window.byHand = {
    set: function (name, value) {
      var field = document.getElementById("control-" + name);
      field.value = value === null ? "" : String(value);
      field.dispatchEvent(new Event("input", {bubbles: true}));
      field.dispatchEvent(new Event("change", {bubbles: true}));
    },
    pick: function (id, value) {
      var field = document.getElementById(id);
      field.value = value;
      field.dispatchEvent(new Event("change", {bubbles: true}));
    },
    tasks: function (row, n) { byHand.set("row", row); byHand.set("tasks", n); },
    settle: function () { return new Promise(function (done) { setTimeout(done, 120); }); },
    text: function (selector) {
      var found = document.querySelector(selector);
      if (!found || found.closest("[hidden]")) { return ""; }
      return found.textContent.replace(/[ \\n]+/g, " ").trim();
    },
    number: function (selector) {
      var value = byHand.text(selector + " .value");
      return (value + " " + byHand.text(selector + " .interval")).trim();
    },
    all: function (selector) {
      return Array.from(document.querySelectorAll(selector)).map(function (e) {
        return e.textContent;
      }).filter(Boolean);
    },
    seen: function () {
      var t = byHand.text, n = byHand.number;
      return {
        pathway: t("#recommended-pathway"), runner_up: t("#runner-up"), volume: t("#volume"),
        cost: n("#recommended-interval"), runner_up_cost: n("#runner-up-interval"),
        probability: n("#fact-probability"), break_even: n("#fact-break-even"),
        sentence: t("#break-even-sentence"), reason: t("#reason"), rule: t("#rule"),
        covers: t("#hero:not([hidden]) #covers"),
        measured_once: t("#hero:not([hidden]) #measured-once"),
        saves: n("#fact-saves"), saves_label: t("#fact-saves dt"),
        changes: byHand.all("#changes li"), errors: byHand.all(".error"),
        signs: t("#recommended-interval .signs-of"), changed: t("#changed"),
        isChanged: document.documentElement.classList.contains("is-changed"),
        isStale: document.getElementById("answer").classList.contains("is-stale"),
        announced: t("#announce"), hash: location.hash
      };
    }
  };
"""
FIELDS = ("volume", "min_score", "price_per_hour", "price_per_kwh", "pue", "grid_g_per_kwh")


def seen(tab: Tab) -> Mapping[str, Any]:
    """The first screen as text, once the page has settled."""
    found: Mapping[str, Any] = tab.run("byHand.settle().then(byHand.seen)")
    return found


def reset(tab: Tab) -> None:
    """Press the button that brings back the study's own settings."""
    tab.run("byHand.settle()")
    tab.run("document.getElementById('control-reset').click()")
    tab.run("byHand.settle()")


def put(tab: Tab, name: str, value: object) -> None:
    """Fill one field."""
    tab.run(f"byHand.set({json.dumps(name)}, {json.dumps(value)})")


def set_by_hand(tab: Tab, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill every field as settings have it, from the study's own on, and read the first screen."""
    reset(tab)
    for name in ("currency", *FIELDS, "measure"):
        put(tab, name, settings[name])
    for row, n_tasks in settings["tasks"].items():
        tab.run(f"byHand.tasks({json.dumps(row)}, {n_tasks})")
    return seen(tab)
