// Stepping: forward one node at a time, the loss, then backward one node at a time.

import { Descent } from "./descent.js";
import { button, element, set, text } from "./dom.js";
import { signed } from "./words.js";

// Shares that would be written as 0, in points.
const FAINTEST = 5e-4;
const PAUSES = [2400, 1500, 900, 500, 220];

export class Stepper {
  constructor(app, view) {
    this.app = app;
    this.view = view;
    this.at = null;
    this.timer = null;
    this.line = element("p", { class: "step-line", "aria-live": "polite" });
    this.phase = element("span", { class: "phase" });
    this.progress = element("progress", { max: 1, value: 0 });
    const make = (key, run) => button("", run, { "data-key": key });
    this.buttons = {
      back: make("walk.back", () => this.go(-1)),
      play: make("walk.play", () => this.toggle()),
      forward: make("walk.forward", () => this.go(1)),
      end: make("walk.end", () => this.leap()),
      leave: make("walk.leave", () => this.leave()),
    };
    this.speed = element("input", { type: "range", min: 0, max: PAUSES.length - 1, value: 2, step: 1 });
    this.speedName = element("span", {});
    this.descent = new Descent(app);
    this.panel = element("div", { class: "stepper" },
      element("div", { class: "step-controls" }, Object.values(this.buttons), element("label", { class: "speed" }, this.speedName, this.speed), this.phase),
      this.progress, this.line, this.descent.row);
  }

  get stepping() { return this.at === null ? null : this; }

  /** Forward through all shown nodes, then backward through those that carry blame. */
  plan() {
    const { order } = this.view;
    const { adjoint, brewer } = this.app.cup;
    const back = [...order].reverse().filter((node) => adjoint[node] !== 0 || brewer.knobNodes.includes(node));
    this.forward = order.length;
    this.steps = [...order, ...back];
    this.place = new Map(order.map((node, k) => [node, k]));
    this.backPlace = new Map(back.map((node, k) => [node, order.length + k]));
  }

  known(node) { return this.place.has(node) ? this.place.get(node) <= this.at : true; }

  blamed(node) { return this.backPlace.has(node) && this.backPlace.get(node) <= this.at; }

  current(node) { return this.steps[this.at] === node; }

  /** Whether the child has handed its blame to the parent yet. */
  handed(parent, child) { return this.backPlace.has(child) && this.backPlace.get(child) <= this.at; }

  hot(parent, child) { return this.steps[this.at] === child; }

  go(by) {
    if (this.at === null) { this.plan(); this.at = by > 0 ? 0 : null; if (this.at === null) return; } else {
      const next = this.at + by;
      if (next >= this.steps.length) { this.pause(); return; }
      this.at = Math.max(next, 0);
    }
    this.descent.clear();
    this.app.stepped();
    this.view.reveal(this.steps[this.at]);
  }

  /** Straight to a place: a number, the turn of the way ("back"), or its end ("end"). */
  jump(to) {
    this.pause();
    this.descent.clear();
    this.plan();
    this.at = to === "back" ? this.forward : to === "end" ? this.steps.length - 1 : to;
    this.app.stepped();
    this.view.reveal(this.steps[this.at]);
  }

  leap() {
    if (this.at === null) this.plan();
    this.at = this.at !== null && this.at >= this.forward - 1 ? this.steps.length - 1 : this.forward - 1;
    this.app.stepped();
    this.view.reveal(this.steps[this.at]);
  }

  toggle() {
    if (this.timer !== null) { this.pause(); this.update(); return; }
    if (this.at !== null && this.at >= this.steps.length - 1) this.at = null;
    const run = () => {
      this.go(1);
      this.timer = this.at < this.steps.length - 1 ? setTimeout(run, PAUSES[Number(this.speed.value)]) : null;
      this.update();
    };
    run();
  }

  pause() { clearTimeout(this.timer); this.timer = null; }

  leave() { this.pause(); this.descent.clear(); this.at = null; this.app.stepped(); }

  /** After another view or method the nodes are others; after another cup the blame is. */
  reset() {
    this.descent.clear();
    if (this.at !== null) { this.pause(); this.at = null; }
  }

  get isFinished() { return this.at !== null && this.at >= this.steps.length - 1; }

  update() {
    const { words } = this.app;
    for (const made of Object.values(this.buttons)) text(made, words.say(made.dataset.key));
    text(this.buttons.play, words.say(this.timer === null ? "walk.play" : "walk.pause"));
    text(this.speedName, words.say("walk.speed"));
    this.buttons.back.disabled = this.at === null || this.at === 0;
    this.buttons.forward.disabled = this.isFinished;
    this.buttons.leave.disabled = this.at === null && !this.descent.isUnderWay;
    this.descent.update(this.isFinished);
    // One button is the one to press next.
    this.buttons.forward.classList.toggle("primary", this.descent.row.hidden);
    text(this.buttons.end, words.say(this.at !== null && this.at >= this.forward - 1 ? "walk.end_back" : "walk.end"));
    this.app.guide.update();
    if (this.at === null) {
      const { isUnderWay } = this.descent;
      this.panel.classList.toggle("stepping", isUnderWay);
      text(this.line, isUnderWay ? this.descent.line : words.say("walk.ready"));
      text(this.phase, isUnderWay ? words.say("walk.phase_descent") : "");
      set(this.phase, "class", "phase descending");
      this.progress.value = isUnderWay ? 1 : 0;
      set(this.progress, "aria-label", words.say("walk.title"));
      return;
    }
    const isBack = this.at >= this.forward;
    this.panel.classList.add("stepping");
    text(this.phase, words.say(isBack ? "walk.phase_backward" : "walk.phase_forward"));
    set(this.phase, "class", `phase ${isBack ? "backward" : "forward"}`);
    this.progress.value = (this.at + 1) / this.steps.length;
    set(this.progress, "aria-label", words.say("walk.progress", { done: this.at + 1, all: this.steps.length }));
    text(this.line, isBack ? this.blameLine(this.steps[this.at]) : this.valueLine(this.steps[this.at]));
  }

  valueLine(node) {
    const { words, cup } = this.app;
    const { brewer } = cup;
    const value = words.value(cup.values[node], brewer.data.quantities[node] || "");
    const name = this.view.title(node);
    if (node === brewer.output) return words.say("walk.loss", { value: this.app.lossText(cup.loss) });
    if (brewer.knobNodes.includes(node)) return words.say("walk.dial", { name, value });
    if (/^segments\.[^.]+\.score$/.test(brewer.nameOf(node) || "")) return words.say("walk.score", { name, value });
    const parents = (this.view.arriving.get(node) || []).map((parent) => this.view.title(parent));
    return parents.length ? words.say("walk.node", { name, value, parents: words.list([...new Set(parents)]) })
      : `${name} = ${value}`;
  }

  blameLine(node) {
    const { words, cup, data } = this.app;
    const { brewer } = cup;
    if (node === cup.root) {
      return node === brewer.output ? words.say("walk.turn", { value: this.app.lossText(cup.loss) })
        : words.say("walk.turn_asked", { root: this.app.rootName });
    }
    const name = this.view.title(node);
    const weight = this.view.weight(node);
    if (weight === 0) return words.say("walk.quiet", { name });
    const isLoss = cup.root === brewer.output;
    const verdict = isLoss ? words.say(weight > 0 ? "walk.much" : "walk.little")
      : words.say(weight > 0 ? "walk.raises" : "walk.lowers", { root: this.app.rootName });
    const dial = brewer.knobNodes.indexOf(node);
    if (dial >= 0) {
      const knob = data.knobs[dial];
      const line = words.say("walk.dial_blamed", {
        name, verdict, root: this.app.rootName, amount: words.turn(knob, knob.amount), change: signed(cup.adjoint[node] * knob.amount),
      });
      return this.at === this.steps.length - 1 ? words.told(line, words.say("walk.finished")) : line;
    }
    const shares = this.view.edges.map((edge, k) => [edge, this.view.flows[k]])
      .filter(([edge, flow]) => edge.child === node && Math.abs(flow) >= FAINTEST)
      .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    if (!shares.length) return words.say("walk.faint", { name, verdict });
    const told = shares.slice(0, 3).map(([edge, flow]) => `${this.view.title(edge.parent)} ${flow > 0 ? "▲" : "▼"}${signed(Math.abs(flow)).slice(1) || "0"}`);
    if (shares.length > 3) told.push(words.say("graph.edge_few", { count: shares.length - 3 }));
    return words.say(shares.length === 1 ? "walk.blamed_one" : "walk.blamed", { name, verdict, parents: words.list(told) });
  }
}
