// The brewing control chart: extraction against strength, the ideal box, and the trail of the cup.

import { BOX, frame, ticks } from "./axes.js";
import { button, element, set, svg, text } from "./dom.js";

const LONGEST = 400;

export class ControlChart {
  constructor(app) {
    this.app = app;
    this.trail = [];
    this.title = element("h2", { id: "chart-title" });
    this.note = element("p", { class: "quiet" });
    this.axes = svg("g", {});
    this.marks = svg("g", {});
    this.picture = svg("svg", { class: "picture", viewBox: "0 0 500 364", role: "img" }, this.axes, this.marks);
    this.clearButton = button("", () => { this.trail = []; this.update(app.cup); });
    this.limits = "";
    this.panel = element("section", { class: "card chart", "aria-labelledby": "chart-title" },
      this.title, this.note, element("figure", {}, this.picture, element("div", { class: "under" }, this.clearButton, app.saving(() => this.picture, "control-chart"))));
  }

  relabel() {
    const { words } = this.app;
    text(this.title, words.say("chart.title"));
    text(this.note, words.say("chart.note"));
    text(this.clearButton, words.say("chart.clear"));
    this.limits = "";
  }

  /** The trail misses no cup, drawn or not. */
  record(cup) {
    const here = [cup.read("extraction.extraction_yield_pct"), cup.read("extraction.tds_pct")];
    const last = this.trail[this.trail.length - 1];
    if (!last || last[0] !== here[0] || last[1] !== here[1]) this.trail.push(here);
    if (this.trail.length > LONGEST) this.trail.shift();
    return here;
  }

  update(cup) {
    const here = this.record(cup);
    const { ideal } = this.app.data;
    const x = this.range(ideal.yield, this.trail.map(([ey]) => ey));
    const y = this.range(ideal.tds, this.trail.map(([, tds]) => tds));
    const at = ([low, high]) => (value) => (value - low) / (high - low);
    const key = [...x, ...y].join(" ");
    if (key !== this.limits) { this.limits = key; this.drawAxes(x, y, at); }
    const place = ([ey, tds]) => [BOX.left + BOX.width * at(x)(ey), BOX.top + BOX.height * (1 - at(y)(tds))];
    const [cx, cy] = place(here);
    this.marks.replaceChildren(
      svg("polyline", { class: "trail", points: this.trail.map((cup_) => place(cup_).map((n) => n.toFixed(1)).join(" ")).join(" ") }),
      svg("circle", { cx, cy, r: 6.5, class: "cup-mark" }));
    const isIn = here[0] >= ideal.yield[0] && here[0] <= ideal.yield[1] && here[1] >= ideal.tds[0] && here[1] <= ideal.tds[1];
    const { words } = this.app;
    set(this.picture, "aria-label", words.say("chart.figure", { ey: here[0].toFixed(1), tds: here[1].toFixed(2), place: words.say(isIn ? "chart.inside" : "chart.outside") }));
  }

  /** The ideal and a box of room around it, or more where the trail leaves it; in steps, so that it stands still. */
  range([low, high], values) {
    const size = high - low;
    const least = Math.min(low - size, ...values);
    const most = Math.max(high + size, ...values);
    return [Math.max(0, low - size * Math.ceil((low - least) / size - 1e-9)), high + size * Math.ceil((most - high) / size - 1e-9)];
  }

  drawAxes(x, y, at) {
    const { words, data: { ideal } } = this.app;
    const [left, right] = ideal.yield.map((ey) => BOX.left + BOX.width * at(x)(ey));
    const [low, high] = ideal.tds.map((tds) => BOX.top + BOX.height * (1 - at(y)(tds)));
    const note = (px, py, key, anchor) => svg("text", { x: px, y: py, class: "region", "text-anchor": anchor }, words.say(`chart.${key}`));
    this.axes.replaceChildren(
      svg("rect", { x: left, y: high, width: right - left, height: low - high, class: "ideal" }),
      frame(BOX, { at: at(x), ticks: ticks(...x, 6), label: words.say("chart.extraction") }, { at: at(y), ticks: ticks(...y, 5), label: words.say("chart.tds") }),
      svg("text", { x: left + 6, y: high + 15, class: "ideal-name" }, words.say("chart.ideal")),
      note(BOX.left + 8, BOX.top + 18, "under", "start"), note(BOX.left + BOX.width - 8, BOX.top + 18, "over", "end"),
      note(BOX.left + BOX.width - 8, (BOX.top + high) / 2 + 8, "strong", "end"), note(BOX.left + BOX.width - 8, BOX.top + BOX.height - 10, "weak", "end"));
  }
}
