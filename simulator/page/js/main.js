// The page: one state, one cup brewed from it, and panels that show it.

import { CheckPanel } from "./check_panel.js";
import { ControlChart } from "./control_chart.js";
import { Brewer, brewed, position } from "./cup.js";
import { CustomersPanel } from "./customers_panel.js";
import { button, element, set, text } from "./dom.js";
import { GraphView } from "./graph_view.js";
import { Guide } from "./guide.js";
import { Lens } from "./lens.js";
import { Runner } from "./race.js";
import { RacePanel } from "./race_panel.js";
import { RecipePanel } from "./recipe_panel.js";
import { save } from "./saving.js";
import { Stepper } from "./stepper.js";
import { signed, Words } from "./words.js";

const DEPTHS = ["napkin", "names", "operations"];
const REST = 250;
const SEARCHES = 6;
const SEARCH_LOOKS = 600;

class App {
  constructor(data, programs, root) {
    this.data = data;
    this.programs = programs;
    this.brewers = Object.fromEntries(Object.keys(data.methods).map((method) => [method, new Brewer(method, data, programs)]));
    this.start = { ...data.start, x: Float64Array.from(data.start.x), rate: 0.05, view: "napkin", theme: "", root: "loss" };
    this.state = { ...this.start, x: this.start.x.slice() };
    this.history = [];
    this.found = new Map();
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.readAddress();
    this.words = new Words(data.words[this.state.language]);
    this.savings = [];
    this.recipe = new RecipePanel(this);
    this.guide = new Guide(this);
    this.lens = new Lens(this);
    this.view = new GraphView(this, (node) => this.look(node));
    this.stepper = new Stepper(this, this.view);
    this.customers = new CustomersPanel(this);
    this.race = new RacePanel(this);
    this.chart = new ControlChart(this);
    this.check = new CheckPanel(this);
    this.assemble(root);
    // The graph, as a panel that can be out of sight.
    this.graph = { panel: this.view.scroller, update: (cup, isMoving) => this.drawGraph(cup, isMoving) };
    this.watch([this.graph, this.customers, this.race, this.chart, this.check]);
    this.brew();
    this.dress();
    this.relabel();
    this.draw();
    addEventListener("hashchange", () => { this.readAddress(); this.words = new Words(data.words[this.state.language]); this.dress(); this.relabel(); this.render(); });
  }

  assemble(root) {
    this.skip = element("a", { class: "skip", href: "#graph", onclick: (event) => { event.preventDefault(); this.view.scroller.focus(); } });
    this.lead = element("p", { class: "lead" });
    this.graphTitle = element("h2", { id: "graph-title" });
    this.graphNote = element("p", { class: "quiet" });
    this.legend = element("p", { class: "legend" });
    this.shownCount = element("span", { class: "quiet" });
    this.footer = element("p", { class: "quiet" });
    this.themeButton = button("", () => this.change({ theme: this.isDark() ? "light" : "dark" }));
    this.linkButton = button("", () => this.copyLink());
    this.languageButtons = Object.entries(this.data.languages).map(([code, name]) =>
      button(name, () => this.change({ language: code }), { lang: code, "data-language": code }));
    root.append(this.skip,
      element("header", { class: "top" },
        element("div", {}, element("p", { class: "eyebrow" }, "perfect-cup"), element("h1", {}, this.data.name),
          this.data.description ? element("p", { class: "description" }, this.data.description) : null),
        element("div", { class: "switches" }, this.languageSet = element("div", { class: "languages", role: "group" }, this.languageButtons), this.themeButton, this.linkButton)),
      this.lead, this.guide.panel,
      element("div", { class: "desk" }, element("aside", {}, this.recipe.panel),
        element("div", { class: "wide" },
          element("section", { class: "card graph-card", "aria-labelledby": "graph-title" },
            element("div", { class: "card-head" }, element("div", {}, this.graphTitle, this.graphNote), this.saving(() => this.view.picture, "graph")),
            this.stepper.panel,
            element("div", { class: "root" }, this.rootLabel = element("label", { for: "root" }), this.rootChoice = element("select", { id: "root", onchange: () => this.ask(this.rootChoice.value) }),
              this.bitterButton = button("", () => this.ask("perception.bitterness"), { class: "ask" })),
            this.rootAnswer = element("p", { class: "root-answer" }), this.legend, this.hint = element("p", { class: "quiet hint" }), this.view.scroller),
          this.customers.panel, this.race.panel,
          element("div", { class: "pair" }, this.chart.panel, this.check.panel))),
      element("footer", {}, this.footer), this.lens.panel);
  }

  // --- what is chosen ---

  get brewer() { return this.brewers[this.state.method]; }

  get shares() { return this.data.mixes[this.state.customers]; }

  get given() { return this.brewer.given(this.data.beans[this.state.bean], this.shares); }

  options(kind) {
    const { data, words } = this;
    if (kind === "method") return Object.keys(data.methods).map((name) => [name, words.word("method", name)]);
    if (kind === "bean") return Object.entries(data.beans).map(([name, bean]) => [name, words.word("bean", bean.label)]);
    return Object.keys(data.mixes).map((name) => [name, words.has(`mix.${name}`) ? words.say(`mix.${name}`) : words.word("segment", name)]);
  }

  choose(kind, value) { this.change({ [kind]: value }); this.search(); }

  change(part) {
    Object.assign(this.state, part);
    this.stepper.reset();
    if (part.method && !this.brewer.byName.has(this.state.root)) this.state.root = "loss";
    if (part.language) this.words = new Words(this.data.words[this.state.language]);
    this.brew();
    if (part.theme || part.language || part.method) { this.dress(); this.relabel(); }
    if (part.method || part.view || part.bean || part.customers) this.race.runners = [];
    this.draw();
    this.writeAddress();
  }

  setRate(rate) { if (rate > 0 && Number.isFinite(rate)) { this.state.rate = rate; this.writeAddress(); } }

  // --- the recipe ---

  turn(i, at, isMoving = false) {
    if (!this.isDragging) { this.remember(); this.isDragging = isMoving; }
    this.state.x[i] = Math.min(Math.max(at, 0), 1);
    this.recipe.tell("");
    this.render();
  }

  /** A slider has come to rest. */
  rest() { this.isDragging = false; this.writeAddress(); }

  turnTo({ index, value, knob, predicted, real, change }) {
    this.remember();
    this.state.x[index] = position(knob, value);
    this.recipe.tell(this.words.say("customers.remedy", { order: this.words.order(knob, change), predicted: `+${predicted.toFixed(2)}`, real: `+${real.toFixed(2)}` }));
    this.settle();
  }

  remember() { this.history.push(this.state.x.slice()); if (this.history.length > 200) this.history.shift(); }

  undo() { const x = this.history.pop(); if (x) { this.state.x = x; this.recipe.tell(""); this.settle(); } }

  reset() { this.remember(); this.state.x = this.start.x.slice(); this.recipe.tell(""); this.settle(); }

  settle() { this.stepper.reset(); this.brew(); this.draw(); this.writeAddress(); }

  /** Gradient descent, by the emitted rule: each step is taken from the cup before. Returns what it turned, in words. */
  takeSteps(count) {
    const index = this.data.rules.findIndex((rule) => rule.method === "gradient-descent");
    const { cup } = this;
    const before = { x: this.state.x.slice(), settings: cup.settings, loss: cup.loss, gradient: cup.gradient };
    const runner = new Runner(this.data.rules[index], this.programs.rules[index], this.brewer.programs.gradient, before.x, this.given, this.state.rate);
    for (let k = 0; k < count; k++) runner.step();
    this.remember();
    this.state.x = runner.x;
    // The trail on the chart shows each cup on the way.
    for (const x of runner.path.slice(1)) this.chart.record(brewed(this.brewer, x, this.given));
    this.settle();
    let predicted = 0;
    before.gradient.forEach((slope, i) => { predicted -= slope * (this.state.x[i] - before.x[i]); });
    return this.recipe.tellStep(count, this.cup.settings.map((value, i) => value - before.settings[i]), predicted, before.loss - this.cup.loss);
  }

  // --- the graph ---

  openNext(stage) {
    const [, open, depth] = this.state.view.match(/^(\w+)(?::(\w+))?$/);
    const at = stage === open && depth ? DEPTHS.indexOf(depth) : 0;
    let next = (at + 1) % DEPTHS.length;
    // Where the sketch already shows every name, the next depth is the operations.
    if (next === 1 && typeof this.brewer.data.views[`${stage}:names`] === "string") next = 2;
    this.change({ view: next ? `${stage}:${DEPTHS[next]}` : "napkin" });
    const head = this.view.picture.querySelector(`.stage-head[data-stage="${stage}"]`);
    head.focus({ preventScroll: true });
  }

  look(node) { this.view.light(node); this.lens.show(node, this.view, this.cup); }

  stepped() {
    this.view.update(this.cup, this.stepper.stepping);
    this.stepper.update();
    if (this.stepper.at !== null) this.lens.show(this.stepper.steps[this.stepper.at], this.view, this.cup);
    else this.lens.show(null);
  }

  // --- drawing ---

  brew() {
    const root = this.brewer.node(this.state.root);
    this.cup = brewed(this.brewer, this.state.x, this.given, root === undefined ? this.brewer.output : root);
  }

  /** What the graph's blame is about, in words. */
  get rootName() { return this.words.quantity(this.brewer.nameOf(this.cup.root)); }

  /** The verdict that a sign of blame passes. */
  verdict(sign) {
    if (this.cup.root === this.brewer.output) return this.words.say(sign > 0 ? "graph.too_much" : "graph.too_little");
    return this.words.say(sign > 0 ? "graph.raises" : "graph.lowers", { root: this.rootName });
  }

  /** Which turn of each dial would lower what the blame is about, or raise it if it is a score. */
  answer() {
    const { words, cup, data } = this;
    const name = this.state.root;
    const isLoss = cup.root === this.brewer.output;
    const wanted = name.endsWith(".score") ? 1 : -1;
    const turns = data.knobs.map((knob, i) => ({ knob, at: this.state.x[i], slope: cup.adjoint[this.brewer.knobNodes[i]] }))
      .map(({ knob, at, slope }) => ({ knob, at, amount: wanted * Math.sign(slope) * knob.amount, effect: wanted * Math.abs(slope) * knob.amount }))
      .filter(({ at, amount, effect }) => Math.abs(effect) >= 5e-6 && !(at === 0 && amount < 0) && !(at === 1 && amount > 0))
      .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
      .map(({ knob, amount, effect }) => `${words.turn(knob, amount)} ${isLoss ? this.lossChange(effect) : signed(effect)}`);
    const value = isLoss ? this.lossText(cup.loss) : words.value(cup.values[cup.root], this.brewer.data.quantities[cup.root] || "");
    const key = turns.length ? (wanted > 0 ? "graph.what_raises" : "graph.what_lowers") : "graph.what_nothing";
    return words.say(key, { root: this.rootName, value, turns: words.list(turns) });
  }

  /** Follow another quantity's blame: the backward pass then starts there. */
  ask(name) {
    this.change({ root: name });
    this.labelLegend();
    this.rootChoice.value = name;
  }

  /** Brew and draw in the next frame, once however often it is asked for; what is out of sight can wait. */
  render() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.brew(); this.draw(true); });
  }

  /** Panels that lie out of sight are drawn when they come into it, or when the dials have come to rest. */
  watch(panels) {
    this.hidden = new Set();
    this.stale = new Set();
    const byElement = new Map(panels.map((panel) => [panel.panel, panel]));
    const observer = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        const panel = byElement.get(target);
        if (isIntersecting) this.hidden.delete(panel); else this.hidden.add(panel);
        if (isIntersecting && this.stale.delete(panel)) panel.update(this.cup);
      }
    });
    for (const target of byElement.keys()) observer.observe(target);
  }

  drawGraph(cup, isMoving) {
    this.view.update(cup, this.stepper.stepping, isMoving);
    if (isMoving) this.stale.add(this.graph); else this.view.describe();
  }

  /** What the frames of a moving dial have left out, or told in round numbers. */
  catchUp() {
    for (const panel of this.stale) panel.update(this.cup);
    this.stale.clear();
  }

  draw(isMoving = false) {
    const key = `${this.state.method} ${this.state.view}`;
    if (key !== this.drawnView) {
      this.drawnView = key;
      this.stepper.reset();
      this.view.build(this.brewer, this.state.view);
      this.view.relabel();
      this.lens.show(null);
    }
    this.chart.record(this.cup);
    this.recipe.update(this.cup);
    // Stepper and lens speak of what the graph shows, so it cannot wait for its turn while they are open.
    const isTold = this.stepper.at !== null || !this.lens.panel.hidden;
    for (const panel of [this.graph, this.customers, this.race, this.chart, this.check]) {
      if (isMoving && this.hidden.has(panel) && !(panel === this.graph && isTold)) this.stale.add(panel);
      else { this.stale.delete(panel); panel.update(this.cup, isMoving); }
    }
    this.stepper.update();
    if (!this.lens.panel.hidden) this.lens.show(this.lens.node, this.view, this.cup);
    text(this.rootAnswer, this.answer());
    text(this.shownCount, ` · ${this.words.say("graph.count", { shown: this.view.order.length, all: this.brewer.walk.size })}`);
  }

  isDark() { return this.state.theme ? this.state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches; }

  dress() {
    document.documentElement.lang = this.state.language;
    document.documentElement.dataset.theme = this.isDark() ? "dark" : "light";
  }

  relabel() {
    const { words } = this;
    text(this.skip, words.say("page.skip"));
    text(this.lead, words.say("page.lead"));
    text(this.graphTitle, words.say("graph.title"));
    this.graphNote.replaceChildren(words.say("graph.note"), this.shownCount);
    text(this.rootLabel, words.say("graph.root"));
    text(this.bitterButton, words.say("graph.bitter"));
    this.rootChoice.replaceChildren(...this.roots().map((name) => element("option", { value: name }, words.quantity(name))));
    this.rootChoice.value = this.state.root;
    this.labelLegend();
    text(this.hint, words.say("graph.hint"));
    text(this.footer, words.say("page.offline"));
    text(this.themeButton, words.say("page.theme", { theme: words.say(this.isDark() ? "page.dark" : "page.light") }));
    text(this.linkButton, words.say("page.link"));
    set(this.languageSet, "aria-label", words.say("page.language"));
    for (const each of this.languageButtons) set(each, "aria-pressed", each.dataset.language === this.state.language);
    for (const panel of [this.guide, this.recipe, this.customers, this.race, this.chart, this.check]) panel.relabel();
    if (this.drawnView) this.view.relabel();
    for (const relabel of this.savings) relabel();
    this.lens.show(this.lens.node, this.view, this.cup);
  }

  labelLegend() {
    this.legend.replaceChildren(
      element("span", { class: "much" }, `▲ ${this.verdict(1)}`),
      element("span", { class: "little" }, `▼ ${this.verdict(-1)}`),
      element("span", { class: "quiet" }, this.words.say("graph.legend_width")));
  }

  /** What one can ask after: the loss, the scores, all that the tongue reports. */
  roots() {
    const names = [...this.brewer.byName.keys()];
    return ["loss", ...names.filter((name) => name.startsWith("perception.")), ...names.filter((name) => /^segments\.[^.]+\.score$/.test(name))];
  }

  /** Two small buttons that save a picture. */
  saving(picture, name, under) {
    const buttons = ["svg", "png"].map((format) => {
      const made = button("", () => save(picture(), `${this.data.name}-${name}`, format, getComputedStyle(document.documentElement).getPropertyValue("--card").trim(), under && under()));
      this.savings.push(() => {
        const word = this.words.say(`page.${format}`);
        text(made, word);
        set(made, "aria-label", this.words.say("page.save", { format: word }));
      });
      return made;
    });
    return element("span", { class: "saving" }, buttons);
  }

  // --- numbers ---

  score(loss) {
    const value = this.data.perfect - loss;
    return this.data.objective === "share-above" ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
  }

  /** A score with six digits; what nothing is above is rounded up. */
  exactly(loss, round = Math.round) {
    const value = (round((this.data.perfect - loss) * 1e6) / 1e6);
    return this.data.objective === "share-above" ? `${(100 * value).toFixed(4)} %` : value.toFixed(6);
  }

  lossText(loss) { return this.data.objective === "share-above" ? `${(100 * loss).toFixed(1)} %` : loss.toFixed(3); }

  /** A change of the loss, in its unit. */
  lossChange(value) { return this.data.objective === "share-above" ? `${signed(100 * value)} %` : signed(value); }

  // --- the best ---

  /** In a word: what kind of best it is. */
  bestName(best) { return this.words.say(best.proved ? "race.certified" : "race.best"); }

  /** In a sentence: what is proved of it, or who has found it. */
  bestTold(best) {
    const values = { score: this.exactly(best.loss), count: best.searches, starts: SEARCHES };
    if (best.lower === undefined) return this.words.say(best.python ? "race.found_python" : "race.found_here", values);
    return this.words.say(best.proved ? "race.proved" : "race.bracketed", { ...values, above: this.exactly(best.lower, Math.ceil) });
  }

  get best() {
    const { method, bean, customers } = this.state;
    if (bean === this.data.start.bean && customers === this.data.start.customers) return { ...this.data.methods[method].best, python: true, searches: this.data.starts };
    return this.found.get(`${method} ${bean} ${customers}`) || null;
  }

  /** Look for the best cup of a choice that Python has not looked at: every optimizer, several starts. */
  search() {
    const { method, bean, customers } = this.state;
    const key = `${method} ${bean} ${customers}`;
    if (this.best) return;
    const { gradient } = this.brewer.programs;
    const given = this.given;
    let best = null;
    let round = 0;
    const look = () => {
      const x = this.state.x.map((_, i) => ((round + 0.5) * [0.618034, 0.754878, 0.819173, 0.856675, 0.880271, 0.897][i % 6]) % 1);
      this.data.rules.forEach((rule, k) => {
        const runner = new Runner(rule, this.programs.rules[k], gradient, x, given, rule.rate);
        for (let n = 0; n < SEARCH_LOOKS; n++) runner.step();
        runner.losses.forEach((loss, n) => { if (!best || loss < best.loss) best = { loss, x: Array.from(runner.path[n]), searches: SEARCHES * this.data.rules.length }; });
      });
      round += 1;
      if (round < SEARCHES) setTimeout(look, 0);
      else { this.found.set(key, best); this.render(); }
    };
    setTimeout(look, 0);
  }

  // --- the address ---

  address() {
    const { method, bean, customers, language, theme, view, rate, root } = this.state;
    const parts = { method, bean, customers, language, theme, view, root: root === "loss" ? "" : root, rate: String(rate) };
    this.data.knobs.forEach((knob, i) => { parts[knob.name] = String(Number(this.cup.settings[i].toPrecision(6))); });
    return `#${new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString()}`;
  }

  /** The address follows when the dials have come to rest: browsers ration such changes. */
  writeAddress() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => { this.putAddress(); this.catchUp(); }, REST);
  }

  putAddress() {
    // In a srcdoc frame there is no address to write, and replaceState throws.
    try { history.replaceState(null, "", this.address()); } catch { this.isFramed = true; }
  }

  readAddress() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const known = { method: this.data.methods, bean: this.data.beans, customers: this.data.mixes, language: this.data.languages, theme: { light: 1, dark: 1 } };
    for (const [name, all] of Object.entries(known)) {
      if (Object.hasOwn(all, parts.get(name) || "")) this.state[name] = parts.get(name);
    }
    const view = parts.get("view");
    if (/^[\w.-]+$/.test(parts.get("root") || "")) this.state.root = parts.get("root");
    if (view && Object.hasOwn(this.data.methods[this.state.method].views, view)) this.state.view = view;
    const rate = Number(parts.get("rate"));
    if (rate > 0 && rate <= 10) this.state.rate = rate;
    this.data.knobs.forEach((knob, i) => {
      const value = Number(parts.get(knob.name));
      if (parts.has(knob.name) && Number.isFinite(value)) this.state.x[i] = position(knob, Math.min(Math.max(value, knob.low), knob.high));
    });
  }

  async copyLink() {
    try {
      await navigator.clipboard.writeText(location.href.split("#")[0] + this.address());
      text(this.linkButton, this.words.say("page.copied"));
    } catch { location.hash = this.address(); }
  }
}

export function main(data, programs, root) {
  // Kept where a curious reader's console finds it.
  globalThis.cup = new App(data, programs, root);
  if (!globalThis.cup.best) globalThis.cup.search();
}
