// The dials: a slider and a number box each, what they do to the loss, and the step of gradient descent.

import { position } from "./cup.js";
import { button, element, set, text } from "./dom.js";
import { signed, significant } from "./words.js";

const FINE = 1000;

export class RecipePanel {
  constructor(app) {
    this.app = app;
    const { data } = app;
    this.title = element("h2", {});
    this.note = element("p", { class: "quiet" });
    this.rows = data.knobs.map((knob, i) => this.row(knob, i));
    this.choices = ["method", "bean", "customers"].map((kind) => this.choice(kind));
    this.givenNote = element("p", { class: "quiet" });
    this.scoreName = element("span", { class: "score-name" });
    this.score = element("output", { class: "score", "aria-live": "off" });
    this.meter = element("span", { class: "meter-fill" });
    this.bestMark = element("span", { class: "meter-best" });
    this.under = element("p", { class: "quiet score-under" });
    this.rate = element("input", { type: "number", min: 0.001, max: 1, step: "any", id: "rate", value: 0.05,
      oninput: () => app.setRate(Number(this.rate.value)) });
    this.rateName = element("label", { for: "rate" });
    this.stepButton = button("", () => app.takeSteps(1), { class: "step-one" });
    this.manyButton = button("", () => app.takeSteps(25));
    this.undoButton = button("", () => app.undo());
    this.resetButton = button("", () => app.reset());
    this.told = element("p", { class: "told", "aria-live": "polite" });
    this.panel = element("section", { class: "card recipe", "aria-labelledby": "recipe-title" },
      element("div", { class: "score-box" }, this.scoreName, this.score,
        element("span", { class: "meter", "aria-hidden": "true" }, this.meter, this.bestMark), this.under),
      this.title, this.note,
      this.rows.map((row) => row.whole),
      element("div", { class: "descent" },
        element("div", { class: "rate" }, this.rateName, this.rate),
        element("div", { class: "buttons" }, this.stepButton, this.manyButton, this.undoButton, this.resetButton), this.told),
      element("details", { class: "given", open: true }, this.summary = element("summary", {}), this.givenNote,
        this.choices.map((choice) => choice.whole)));
    set(this.title, "id", "recipe-title");
  }

  row(knob, i) {
    const name = element("span", { class: "knob-name" });
    const slider = element("input", { type: "range", min: 0, max: FINE, step: 1, "data-knob": knob.name,
      oninput: () => this.app.turn(i, Number(slider.value) / FINE, true),
      onchange: () => this.app.rest() });
    const number = element("input", { type: "number", step: "any", min: knob.low, max: knob.high, "data-knob": knob.name,
      onchange: () => {
        const value = Number(number.value);
        if (number.value !== "" && Number.isFinite(value)) { this.app.turn(i, position(knob, value)); this.app.rest(); } else this.app.render();
      } });
    const unit = element("span", { class: "unit" });
    const slope = element("span", { class: "slope" });
    const whole = element("div", { class: "knob" },
      element("div", { class: "knob-head" }, name, element("span", { class: "knob-number" }, number, unit)), slider, slope);
    return { whole, name, slider, number, unit, slope };
  }

  choice(kind) {
    const name = element("label", { for: `choose-${kind}` });
    const select = element("select", { id: `choose-${kind}`, onchange: () => this.app.choose(kind, select.value) });
    return { kind, name, select, whole: element("div", { class: "choice" }, name, select) };
  }

  relabel() {
    const { app } = this;
    const { words, data } = app;
    const count = data.knobs.length;
    text(this.title, words.say("recipe.title"));
    text(this.note, words.say(count === 4 ? "recipe.note" : "recipe.note_n", { count }));
    text(this.summary, `${words.say("recipe.method")} · ${words.say("recipe.bean")} · ${words.say("recipe.customers")}`);
    text(this.givenNote, words.say("recipe.given"));
    text(this.scoreName, words.say(data.objective === "share-above" ? "recipe.share" : "recipe.score"));
    text(this.rateName, words.say("recipe.rate"));
    set(this.rate, "title", words.say("recipe.rate_note"));
    text(this.stepButton, words.say("recipe.step"));
    text(this.manyButton, words.say("recipe.step_many"));
    text(this.undoButton, words.say("recipe.undo"));
    text(this.resetButton, words.say("recipe.reset"));
    data.knobs.forEach((knob, i) => {
      const row = this.rows[i];
      const name = words.word("knob", knob.name);
      const unit = words.word("symbol", knob.unit);
      text(row.name, name);
      text(row.unit, unit);
      set(row.slider, "aria-label", words.say("recipe.slider", { knob: name }));
      set(row.number, "aria-label", words.say("recipe.number", { knob: name, unit }));
    });
    for (const { kind, name, select } of this.choices) {
      text(name, words.say(`recipe.${kind}`));
      select.replaceChildren(...app.options(kind).map(([value, label]) => element("option", { value }, label)));
      select.value = app.state[kind];
    }
  }

  update(cup) {
    const { app } = this;
    const { words, data } = app;
    data.knobs.forEach((knob, i) => {
      const row = this.rows[i];
      const at = app.state.x[i];
      const value = cup.settings[i];
      if (document.activeElement !== row.slider || Math.abs(Number(row.slider.value) / FINE - at) > 0.6 / FINE) row.slider.value = Math.round(at * FINE);
      row.slider.style.setProperty("--at", `${(100 * at).toFixed(1)}%`);
      const shown = Number(value.toPrecision(4));
      if (document.activeElement !== row.number) row.number.value = shown;
      set(row.slider, "aria-valuetext", `${shown} ${words.word("symbol", knob.unit)}`);
      const change = cup.slopes[i] * knob.amount;
      const held = (at === 0 && change > 0) || (at === 1 && change < 0);
      const told = words.say("recipe.slope", { amount: words.turn(knob, knob.amount), change: app.lossChange(change) });
      text(row.slope, `${change > 0 ? "▲" : "▼"} ${told}${held ? ` · ${words.say("recipe.held")}` : ""}`);
      set(row.slope, "class", `slope ${change > 0 ? "much" : "little"}`);
    });
    text(this.score, app.score(cup.loss));
    const whole = data.perfect;
    this.meter.style.width = `${(100 * (whole - cup.loss)) / whole}%`;
    const { best } = app;
    this.bestMark.style.left = best ? `${(100 * (whole - best.loss)) / whole}%` : "-10%";
    text(this.under, [words.say("recipe.loss", { loss: app.lossText(cup.loss) }),
      ...(best ? [`${app.bestName(best)} ${app.score(best.loss)}`] : [])].join(" · "));
    this.undoButton.disabled = app.history.length === 0;
    if (document.activeElement !== this.rate) this.rate.value = Number(significant(app.state.rate, 3).replace("−", "-"));
  }

  tell(sentence) { text(this.told, sentence); }

  /** Say what steps have turned; returns it without the rest of the sentence. */
  tellStep(count, changes, predicted, real) {
    const { words, data } = this.app;
    const turns = changes.map((change, i) => (Math.abs(change) > 1e-9 ? words.turn(data.knobs[i], change) : null)).filter(Boolean);
    if (!turns.length) { this.tell(words.say("recipe.still")); return ""; }
    const told = words.say(count === 1 ? "recipe.stepped" : "recipe.stepped_many", { count, changes: words.list(turns), predicted: signed(predicted), real: signed(real) });
    this.tell(real < 0 && predicted > 0 ? words.told(told, words.say("recipe.overshot")) : told);
    return words.list(turns);
  }
}
