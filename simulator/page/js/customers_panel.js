// The customers: each one's score, what they say, which dials it points at, and one thing to do about it.

import { remedy } from "./cup.js";
import { button, element, set, text } from "./dom.js";
import { opinion } from "./voice.js";
import { significant } from "./words.js";

const JUST_RIGHT = "just right";
// Into how many parts costs are cut while a dial moves.
const ROUGH = 20;
// The quantity of the tongue that each aspect of a verdict judges.
const TASTES = { intensity: "strength", acidity: "sourness", mouthfeel: "mouthfeel", bitterness: "bitterness",
  sweetness: "sweetness", creaminess: "creaminess", grit: "grittiness" };

export class CustomersPanel {
  constructor(app) {
    this.app = app;
    this.title = element("h2", { id: "customers-title" });
    this.note = element("p", { class: "quiet" });
    this.cards = app.data.segments.map((segment, i) => this.card(segment, i));
    this.panel = element("section", { class: "card customers", "aria-labelledby": "customers-title" },
      this.title, this.note, element("div", { class: "people" }, this.cards.map((card) => card.whole)));
  }

  card(segment, i) {
    const parts = {
      name: element("h3", {}), share: element("p", { class: "quiet share" }), score: element("output", { class: "person-score" }),
      meter: element("span", { class: "meter-fill" }), says: element("blockquote", {}), chance: element("p", { class: "quiet" }), because: element("h4", {}),
      reasons: element("ul", { class: "reasons" }), remedy: element("p", { class: "remedy" }),
    };
    const act = button("", () => this.act(i), { class: "primary" });
    const follow = button("", () => this.follow(i), { class: "follow" });
    const whole = element("article", { class: "person", "data-segment": segment },
      element("header", {}, parts.name, parts.score), element("span", { class: "meter", "aria-hidden": "true" }, parts.meter),
      parts.share, parts.says, parts.chance, parts.because, parts.reasons, follow, parts.remedy, act);
    return { segment, whole, act, follow, ...parts, change: null, asks: "loss" };
  }

  act(i) {
    const { change } = this.cards[i];
    if (change) this.app.turnTo(change);
  }

  /** Show in the graph where this complaint comes from. */
  follow(i) {
    this.app.ask(this.cards[i].asks);
    this.app.view.scroller.focus({ preventScroll: true });
    document.getElementById("graph-title").scrollIntoView({ behavior: this.app.calm ? "auto" : "smooth" });
  }

  relabel() {
    const { words } = this.app;
    text(this.title, words.say("customers.title"));
    text(this.note, words.say("customers.note"));
    for (const card of this.cards) {
      text(card.name, words.word("segment", card.segment));
      text(card.act, words.say("customers.do"));
      text(card.follow, words.say("customers.follow"));
    }
  }

  update(cup, isMoving = false) {
    // Shares to the last digit can wait until the dials rest.
    if (isMoving) this.app.stale.add(this);
    this.cells = isMoving ? ROUGH : undefined;
    const total = this.app.data.segments.reduce((sum, segment) => sum + (this.app.shares[segment] || 0), 0);
    this.cards.forEach((card, i) => this.speak(card, i, cup, (this.app.shares[card.segment] || 0) / total));
  }

  speak(card, i, cup, share) {
    const { words, data, programs } = this.app;
    const score = cup.read(`segments.${card.segment}.score`);
    text(card.score, score.toFixed(2));
    set(card.score, "aria-label", words.say("customers.scale", { score: score.toFixed(2) }));
    card.meter.style.width = `${(100 * (score - 1)) / 8}%`;
    card.whole.classList.toggle("away", share === 0);
    text(card.share, share ? words.say("customers.share", { share: percent(share) }) : words.say("customers.away"));
    const voice = data.voices[i];
    const said = opinion(voice, programs.voices[i], cup.read, this.cells);
    const [[first, chance], [second, other]] = said;
    text(card.says, `“${words.word("says", first)}”`);
    text(card.chance, `${words.say("customers.says", { share: percent(chance) })}, ${words.say("customers.or", { words: words.word("says", second), share: percent(other) })}`);
    const complaint = first === JUST_RIGHT ? second : first;
    const [aspect, , much] = voice.complaints.find(([, said_]) => said_ === complaint);
    this.reason(card, cup, aspect, much);
    card.asks = `perception.${TASTES[aspect]}`;
    set(card.follow, "aria-label", words.say("customers.follow_of", { words: words.word("says", complaint) }));
    text(card.because, words.say("customers.because", { words: words.word("says", complaint) }));
    const target = cup.brewer.node(`segments.${card.segment}.score`);
    card.change = target === undefined ? null : remedy(cup, target, data.knobs);
    const order = card.change && words.order(card.change.knob, card.change.change);
    text(card.remedy, card.change ? words.say("customers.remedy", {
      order, predicted: `+${card.change.predicted.toFixed(2)}`, real: `+${card.change.real.toFixed(2)}`,
    }) : words.say("customers.content"));
    card.act.disabled = !card.change;
    set(card.act, "aria-label", card.change ? words.say("customers.do_for", { order }) : words.say("customers.do"));
  }

  /** Which turn of each dial would lessen the miss: its blame, run back through the graph. */
  reason(card, cup, aspect, much) {
    const { words, data } = this.app;
    const { brewer } = cup;
    const node = brewer.node(`perception.${TASTES[aspect]}`);
    if (node === undefined) { card.reasons.replaceChildren(); return; }
    const adjoint = brewer.walk.backward(node);
    const pulls = data.knobs.map((knob, i) => ({ knob, pull: adjoint[brewer.knobNodes[i]] * knob.amount }))
      .filter(({ pull }) => Math.abs(pull) > 1e-4).sort((a, b) => Math.abs(b.pull) - Math.abs(a.pull)).slice(0, 4);
    const lines = pulls.map(({ knob, pull }) => {
      const turn = (much ? -1 : 1) * Math.sign(pull) * knob.amount;
      return `${words.turn(knob, turn)}: ${words.word("quantity", TASTES[aspect])} ${much ? "−" : "+"}${significant(Math.abs(pull), 2)}`;
    });
    while (card.reasons.children.length > lines.length) card.reasons.lastChild.remove();
    lines.forEach((line, k) => {
      if (!card.reasons.children[k]) card.reasons.append(element("li", {}));
      text(card.reasons.children[k], line);
    });
  }
}

function percent(share) { return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`; }
