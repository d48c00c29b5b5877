// What follows the backward pass: gradient descent, a step at a time, or until steps gain next to nothing.

import { button, element, set, text } from "./dom.js";
import { significant } from "./words.js";

const PAUSE = 80;
const MOST_STEPS = 400;
// Enough is when so many steps together gain less than this part of the scale.
const LATELY = 20;
const LITTLE = 2e-3 / 9;

export class Descent {
  constructor(app) {
    this.app = app;
    this.oneButton = button("", () => this.one(), { class: "primary" });
    this.runButton = button("", () => this.toggle());
    this.row = element("div", { class: "onward buttons", hidden: true }, this.oneButton, this.runButton);
    this.clear();
  }

  get isUnderWay() { return this.losses.length > 0; }

  /** Forget the walk: some other hand has turned a dial. */
  clear() {
    if (this.isStepping) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.losses = [];
    this.line = "";
  }

  /** One step of the emitted rule; the sentence says what it did. */
  step() {
    const { app } = this;
    const { words } = app;
    if (!this.isUnderWay) this.losses = [app.cup.loss];
    const before = app.cup.loss;
    app.lens.show(null);
    this.isStepping = true;
    const changes = app.takeSteps(1);
    this.isStepping = false;
    this.losses.push(app.cup.loss);
    this.line = changes ? words.say("walk.descended", {
      count: this.losses.length - 1, changes, before: app.score(before), after: app.score(app.cup.loss),
    }) : words.say("recipe.still");
    if (app.cup.loss > before) this.line = words.told(this.line, words.say("recipe.overshot"));
    else if (changes && this.losses.length === 2) this.line = words.told(this.line, words.say("walk.again"));
    return before - app.cup.loss;
  }

  one() {
    this.pause();
    this.step();
    this.app.stepper.update();
  }

  toggle() {
    if (this.timer !== null) { this.pause(); this.app.stepper.update(); return; }
    if (!this.isUnderWay) this.losses = [this.app.cup.loss];
    const run = () => {
      let isDone = this.dare();
      while (this.app.calm && !isDone) isDone = this.dare();
      this.timer = isDone ? null : setTimeout(run, PAUSE);
      if (isDone) this.conclude();
      this.app.stepper.update();
    };
    run();
  }

  /** A step that makes the score fall is taken back, and the next dares half as much. Returns whether this is enough. */
  dare() {
    const { app } = this;
    if (this.step() < 0) {
      this.isStepping = true;
      app.undo();
      app.setRate(app.state.rate / 2);
      this.isStepping = false;
      this.losses[this.losses.length - 1] = app.cup.loss;
      this.line = app.words.say("walk.fell", { count: this.losses.length - 1, rate: significant(app.state.rate, 2) });
    }
    const lately = this.losses.slice(-1 - LATELY);
    return this.losses.length > MOST_STEPS || (lately.length > LATELY && lately[0] - lately[LATELY] < LITTLE * app.data.perfect);
  }

  conclude() {
    const { app } = this;
    const { best } = app;
    this.line = app.words.say("walk.content", { count: this.losses.length - 1, before: app.score(this.losses[0]), after: app.score(app.cup.loss) });
    if (best) this.line = app.words.told(this.line, app.words.say("walk.content_best", { best: app.bestName(best), score: app.score(best.loss) }));
  }

  pause() { clearTimeout(this.timer); this.timer = null; }

  /** @param isDue whether the backward pass has come to its end. */
  update(isDue) {
    const { words } = this.app;
    this.row.hidden = !isDue && !this.isUnderWay;
    text(this.oneButton, words.say(this.isUnderWay ? "walk.one_more" : "walk.take"));
    text(this.runButton, words.say(this.timer === null ? "walk.keep_going" : "walk.pause"));
    set(this.runButton, "aria-pressed", this.timer !== null);
  }
}
