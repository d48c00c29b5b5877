// The race of the optimizers, on the landscape and as convergence curves.

import { BOX, GLYPHS, frame, ticks } from "./axes.js";
import { button, element, set, svg, text } from "./dom.js";
import { Landscape } from "./landscape.js";
import { bestSoFar, Runner } from "./race.js";
import { significant } from "./words.js";

const LEAST = 1e-8;
const PER_FRAME = 2;

export class RacePanel {
  constructor(app) {
    this.app = app;
    this.landscape = new Landscape(app);
    this.runners = [];
    this.running = false;
    this.title = element("h2", { id: "race-title" });
    this.note = element("p", { class: "quiet" });
    this.goButton = button("", () => this.toggle(), { class: "primary" });
    this.againButton = button("", () => this.clear());
    this.budgetName = element("label", { for: "budget" });
    this.budget = element("input", { type: "number", id: "budget", min: 10, max: 5000, step: 10, value: 300 });
    this.told = element("p", { class: "race-told", "aria-live": "polite" });
    this.planeTitle = element("h3", {});
    this.curveTitle = element("h3", {});
    this.axes = svg("g", {});
    this.curves = svg("g", {});
    this.picture = svg("svg", { class: "picture", viewBox: "0 0 500 364", role: "img" }, this.axes, this.curves);
    this.found = element("p", { class: "quiet" });
    this.entries = app.data.rules.map((rule, i) => this.entry(rule, i));
    this.heads = ["", "race.optimizer", "race.learning_rate", "race.looks", "race.reached", "race.missing"].map((key) => element("th", { scope: "col", "data-key": key }));
    this.caption = element("caption", {});
    this.panel = element("section", { class: "card race", "aria-labelledby": "race-title" },
      this.title, this.note,
      element("div", { class: "step-controls" }, this.goButton, this.againButton, element("span", { class: "rate" }, this.budgetName, this.budget)),
      this.told,
      element("div", { class: "pair" },
        element("figure", {}, this.planeTitle, this.landscape.whole, app.saving(() => this.landscape.picture, "landscape", () => this.landscape)),
        element("figure", {}, this.curveTitle, this.picture, app.saving(() => this.picture, "convergence"))),
      element("div", { class: "table-frame" }, element("table", {}, this.caption, element("thead", {}, element("tr", {}, this.heads)),
        element("tbody", {}, this.entries.map((entry) => entry.row)))),
      this.found);
  }

  entry(look, i) {
    const enter = element("input", { type: "checkbox", checked: true, onchange: () => this.clear() });
    const rate = element("input", { type: "number", step: "any", min: 1e-6, max: 10, value: look.rate, onchange: () => this.clear() });
    const [looks, score, missing] = [0, 1, 2].map(() => element("td", { class: "number" }, "–"));
    const sign = svg("svg", { class: "key", viewBox: "0 0 34 14", style: `color:${look.colour}`, "aria-hidden": "true" },
      svg("line", { x1: 1, x2: 33, y1: 7, y2: 7, class: "path", "stroke-dasharray": look.dash.map((d) => 1.5 * d).join(" ") }),
      svg("text", { x: 17, y: 11.5, class: "glyph", "text-anchor": "middle" }, GLYPHS[look.marker] || "●"));
    const row = element("tr", {}, element("td", {}, enter), element("th", { scope: "row" }, sign, ` ${look.label}`), element("td", {}, rate), looks, score, missing);
    return { look, index: i, enter, rate, row, looks, score, missing };
  }

  relabel() {
    const { words, data } = this.app;
    const [i, j] = this.landscape.plane.map((k) => words.word("knob", data.knobs[k].name));
    text(this.title, words.say("race.title"));
    text(this.note, words.say("race.note"));
    text(this.againButton, words.say("race.reset"));
    text(this.budgetName, words.say("race.budget"));
    text(this.planeTitle, words.say("race.plane", { across: i, up: j }));
    text(this.curveTitle, words.say("race.convergence"));
    text(this.caption, words.say("race.table"));
    for (const head of this.heads) text(head, head.dataset.key ? words.say(head.dataset.key) : "");
    for (const { look, enter, rate } of this.entries) {
      set(enter, "aria-label", words.say("race.enter", { label: look.label }));
      set(rate, "aria-label", words.say("race.rate", { label: look.label }));
    }
    this.landscape.relabel();
    this.drawAxes();
  }

  /** The start line: everybody at this cup. */
  line() {
    const { app } = this;
    const { cup } = app;
    this.limit = Math.min(5000, Math.max(10, Number(this.budget.value) || 300));
    const data = app.given;
    this.runners = this.entries.filter(({ enter }) => enter.checked).map((entry) => {
      const rate = Number(entry.rate.value) > 0 ? Number(entry.rate.value) : entry.look.rate;
      const runner = new Runner(entry.look, app.programs.rules[entry.index], cup.brewer.programs.gradient, app.state.x, data, rate);
      return { runner, entry };
    });
    this.at = 0;
    this.drawAxes();
  }

  toggle() {
    if (this.running) { this.running = false; this.update(this.app.cup); return; }
    if (!this.runners.length || this.at >= this.limit) this.line();
    this.running = true;
    const advance = () => {
      if (!this.running) return;
      const many = this.app.calm ? this.limit : PER_FRAME * Math.ceil(this.limit / 600);
      for (let k = 0; k < many && this.at < this.limit; k++, this.at++) for (const { runner } of this.runners) runner.step();
      if (this.at >= this.limit) this.running = false;
      this.update(this.app.cup);
      if (this.running) requestAnimationFrame(advance);
    };
    advance();
  }

  clear() { this.running = false; this.runners = []; this.update(this.app.cup); }

  update(cup, isMoving = false) {
    const { app } = this;
    if (isMoving) app.stale.add(this);
    const { words } = app;
    const best = app.best;
    text(this.goButton, words.say(this.running ? "race.pause" : "race.go"));
    this.landscape.update(cup, isMoving);
    const run = this.runners.filter(({ runner }) => runner.path.length);
    this.landscape.draw(cup, run.map(({ runner, entry }) => ({ look: entry.look, path: thinned(runner.path) })), best, best && app.bestName(best));
    for (const entry of this.entries) {
      const mine = run.find((each) => each.entry === entry);
      const reached = mine && Math.min(...mine.runner.losses);
      text(entry.looks, mine ? String(mine.runner.losses.length) : "–");
      text(entry.score, mine ? app.score(reached) : "–");
      text(entry.missing, mine && best ? gapText(reached - best.loss) : "–");
    }
    text(this.told, this.outcome(run, best));
    text(this.found, best ? `★ ${app.bestTold(best)}` : "");
    this.drawCurves(run, best);
    const paths = run.map(({ runner, entry }) => words.say("race.path", { label: entry.look.label, score: app.score(Math.min(...runner.losses)) })).join(" ");
    const [across, up] = this.landscape.plane.map((k) => words.word("knob", app.data.knobs[k].name));
    this.landscape.describe(words.say("race.figure", { across, up, paths }));
    set(this.picture, "aria-label", words.say("race.figure_gap", { looks: this.limit || this.budget.value, paths }));
  }

  /** Who came nearest, once all looks are spent. */
  outcome(run, best) {
    if (this.running || !best || !run.length || this.at < this.limit) return "";
    const { words } = this.app;
    const reached = run.map(({ runner, entry }) => ({ label: entry.look.label, gap: Math.min(...runner.losses) - best.loss }));
    const least = Math.max(LEAST, Math.min(...reached.map(({ gap }) => gap)));
    const nearest = reached.filter(({ gap }) => gap <= least).map(({ label }) => label);
    const farthest = reached.reduce((a, b) => (b.gap > a.gap ? b : a));
    return words.say("race.outcome", {
      looks: this.limit, nearest: words.list(nearest), gap: gapText(least), farthest: farthest.label, far: gapText(farthest.gap), best: this.app.bestName(best),
    });
  }

  drawAxes() {
    const { words } = this.app;
    const limit = this.limit || Number(this.budget.value);
    const powers = [1, 0, -2, -4, -6, -8].map((power) => 10 ** power);
    const write = (value) => (value >= 1 ? String(value) : `10${[...String(-Math.round(Math.log10(value)))].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).join("").replace(/^/, "⁻")}`);
    this.axes.replaceChildren(frame(BOX,
      { at: (value) => value / limit, ticks: ticks(0, limit, 5), label: words.say("race.looks") },
      { at: height, ticks: powers, label: words.say("race.gap"), write }));
  }

  drawCurves(run, best) {
    if (!best) { this.curves.replaceChildren(); return; }
    this.curves.replaceChildren(...run.map(({ runner, entry }) => {
      const gaps = bestSoFar(runner.losses);
      const step = Math.max(1, Math.floor(gaps.length / 300));
      const points = gaps.filter((_, k) => k % step === 0 || k === gaps.length - 1).map((loss, n, all) => {
        const k = n === all.length - 1 ? gaps.length - 1 : n * step;
        return `${(BOX.left + (BOX.width * (k + 1)) / this.limit).toFixed(1)} ${(BOX.top + BOX.height * (1 - height(loss - best.loss))).toFixed(1)}`;
      });
      const [x, y] = points[points.length - 1].split(" ").map(Number);
      return svg("g", { style: `color:${entry.look.colour}` },
        svg("polyline", { points: points.join(" "), class: "path", "stroke-dasharray": entry.look.dash.map((d) => 1.5 * d).join(" ") }),
        svg("text", { x, y: y + 5, class: "glyph", "text-anchor": "middle" }, GLYPHS[entry.look.marker] || "●"));
    }));
  }
}

/** A gap's height on the log axis from 10 down to 1e-8. */
function height(gap) {
  return Math.min(1, Math.max(0, (Math.log10(Math.max(gap, LEAST)) + 8) / 9));
}

function gapText(gap) { return gap <= LEAST ? "≤ 10⁻⁸" : significant(gap, 2); }

function thinned(path) {
  const step = Math.max(1, Math.floor(path.length / 400));
  return path.filter((_, k) => k % step === 0 || k === path.length - 1);
}
