// The gradient check: what backpropagation says, against brewing twice with each dial moved a hair.

import { button, element, text } from "./dom.js";
import { significant } from "./words.js";

const HAIR = 1e-5;

export class CheckPanel {
  constructor(app) {
    this.app = app;
    this.title = element("h2", { id: "check-title" });
    this.note = element("p", { class: "quiet" });
    this.runButton = button("", () => { this.isRun = true; this.update(app.cup); }, { class: "primary" });
    this.verdict = element("p", { "aria-live": "polite" });
    this.walked = element("p", { class: "quiet" });
    this.heads = ["dial", "analytic", "numeric", "difference"].map((key) => element("th", { scope: "col", "data-key": `check.${key}` }));
    this.rows = app.data.knobs.map(() => {
      const cells = [0, 1, 2].map(() => element("td", { class: "number" }));
      const name = element("th", { scope: "row" });
      return { row: element("tr", {}, name, cells), name, cells };
    });
    this.table = element("div", { class: "table-frame", hidden: true }, element("table", {}, element("thead", {}, element("tr", {}, this.heads)), element("tbody", {}, this.rows.map(({ row }) => row))));
    this.panel = element("section", { class: "card check", "aria-labelledby": "check-title" }, this.title, this.note, this.runButton, this.table, this.verdict, this.walked);
    this.isRun = false;
  }

  relabel() {
    const { words, data } = this.app;
    text(this.title, words.say("check.title"));
    text(this.note, words.say("check.note"));
    text(this.runButton, words.say("check.run"));
    for (const head of this.heads) text(head, words.say(head.dataset.key));
    data.knobs.forEach((knob, i) => text(this.rows[i].name, words.word("knob", knob.name)));
  }

  /** Central differences on the dial's own scale, 0–1; at a limit the dial is moved beyond it. */
  numeric(cup, i) {
    const at = Float64Array.from(cup.inputs);
    const result = new Float64Array(1);
    const loss = (x) => { at[i] = x; return cup.brewer.programs.loss(at, result)[0]; };
    const x = cup.inputs[i];
    return (loss(x + HAIR) - loss(x - HAIR)) / (2 * HAIR);
  }

  update(cup) {
    if (!this.isRun) return;
    const { words, data } = this.app;
    const numeric = data.knobs.map((_, i) => this.numeric(cup, i));
    const scale = 1 + Math.max(...Array.from(cup.gradient, Math.abs));
    let [worst, walked] = [0, 0];
    data.knobs.forEach((_, i) => {
      const difference = cup.gradient[i] - numeric[i];
      const [analytic, other, apart] = this.rows[i].cells;
      text(analytic, significant(cup.gradient[i], 9));
      text(other, significant(numeric[i], 9));
      text(apart, significant(difference, 2));
      worst = Math.max(worst, Math.abs(difference) / scale);
      const dial = cup.brewer.graph.inputs[i];
      walked = Math.max(walked, Math.abs(cup.adjoint[dial] - cup.gradient[i]) / scale);
    });
    this.table.hidden = false;
    const error = significant(worst, 2);
    text(this.verdict, words.say(worst < 1e-6 ? "check.verdict_good" : "check.verdict_bad", { error, brews: 2 * data.knobs.length }));
    text(this.walked, words.say("check.walked", { error: walked === 0 ? "0" : significant(walked, 2) }));
  }
}
