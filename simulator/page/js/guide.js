// Where to begin: the four acts of the story, each a button that takes the reader there.

import { button, element, set, text } from "./dom.js";

const ACTS = ["brew", "blame", "change", "race"];

export class Guide {
  constructor(app) {
    this.app = app;
    this.acts = ACTS.map((act, i) => {
      const name = element("strong", {});
      const about = element("span", {});
      const made = button("", () => this.go(act), { "data-act": act });
      made.append(element("span", { class: "act-number", "aria-hidden": "true" }, String(i + 1)), element("span", { class: "act-text" }, name, about));
      return { act, made, name, about };
    });
    this.panel = element("nav", { class: "guide" }, element("ol", {}, this.acts.map(({ made }) => element("li", {}, made))));
  }

  go(act) {
    const { stepper, race } = this.app;
    if (act === "brew") stepper.jump(0);
    if (act === "blame") stepper.jump("back");
    if (act === "change") stepper.jump("end");
    if (act === "race" && !race.running) race.toggle();
    // The walk brings its own box into sight.
    if (act === "race") race.panel.scrollIntoView({ behavior: this.app.calm ? "auto" : "smooth", block: "start" });
    (act === "race" ? race.goButton : act === "change" ? stepper.descent.oneButton : stepper.buttons.forward).focus({ preventScroll: true });
    this.update();
  }

  relabel() {
    const { words } = this.app;
    set(this.panel, "aria-label", words.say("guide.title"));
    for (const { act, name, about } of this.acts) {
      text(name, words.say(`guide.${act}`));
      text(about, words.say(`guide.${act}_about`));
    }
  }

  /** Which act is on. */
  update() {
    const { stepper } = this.app;
    const on = stepper.descent.isUnderWay ? "change" : stepper.at === null ? "" : stepper.at < stepper.forward ? "brew" : "blame";
    for (const { act, made } of this.acts) {
      if (act === on) set(made, "aria-current", "step"); else made.removeAttribute("aria-current");
      // Before anything has begun, the first act is the one to press.
      made.classList.toggle("first", !on && act === "brew");
    }
  }
}
