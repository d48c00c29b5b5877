// Words and numbers as a reader of one language expects them.

export class Words {
  constructor(messages) { this.messages = messages; }

  /** A message with its {placeholders} filled in; the key itself if there is none. */
  say(key, values = {}) {
    const message = this.messages[key];
    if (message === undefined) return key;
    return message.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  has(key) { return this.messages[key] !== undefined; }

  /** The word for a knob, segment ...; the name itself for one that users brought. */
  word(kind, name) { return this.has(`${kind}.${name}`) ? this.messages[`${kind}.${name}`] : name; }

  /** Sentences one after the other; Chinese leaves no space between them. */
  told(...sentences) { return sentences.reduce((all, next) => (all.endsWith("。") ? all + next : `${all} ${next}`)); }

  list(words) { return words.join(this.say("separator.words")); }

  /** An amount of a knob with its unit, two digits, no sign. */
  amount(knob, value) {
    const size = Math.abs(value);
    const text = size >= 100 ? size.toFixed(0) : significant(size, 2);
    return `${text} ${this.word("symbol", knob.unit)}`;
  }

  /** "25 s shorter". */
  turn(knob, change) {
    return this.say(`${change > 0 ? "more" : "less"}.${knob.name}`, { amount: this.amount(knob, change) });
  }

  /** "Brew 25 s shorter". */
  order(knob, change) {
    return this.say(`${change > 0 ? "do_more" : "do_less"}.${knob.name}`, { amount: this.amount(knob, change) });
  }

  /** The name of a quantity of the graph, from its field path. */
  quantity(path) {
    const parts = path.split(".");
    const last = parts[parts.length - 1];
    switch (parts[0]) {
      case "recipe": case "brew": return this.word("knob", last);
      case "dial": return this.say("node.dial", { knob: this.word("knob", last) });
      case "perception": return this.word("quantity", last);
      case "customers": return this.say("node.customers", { segment: this.word("segment", last) });
      case "segments": return this.verdict(parts);
      default:
        if (parts[1] === "boulders") return this.say("node.core_fraction", { number: Number(parts[2]) + 1 });
        return this.word("node", last);
    }
  }

  verdict(parts) {
    const segment = this.word("segment", parts[1]);
    if (parts[2] === "score") return segment;
    if (parts.length === 3) return this.say(`node.${parts[2]}`, { segment });
    return this.say(`node.${parts[3]}`, { aspect: this.word("aspect", parts[2]), segment });
  }

  unit(unit) {
    if (this.has(`unit.${unit}`)) return this.messages[`unit.${unit}`];
    return this.word("symbol", unit);
  }

  /** A value of the graph with its unit. */
  value(number, unit) {
    if (unit === "share") return `${readable(100 * number)} %`;
    if (unit === "points" || unit === "steps") return readable(number);
    if (unit === "/10") return `${readable(number)} / 10`;
    const name = this.unit(unit);
    return name ? `${readable(number)} ${name}` : readable(number);
  }
}

/** So many significant digits, without an exponent where people would not write one. */
export function significant(value, digits) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return value.toExponential(digits - 1).replace("e+", "e").replace(/-/g, "−");
  const behind = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(behind).replace("-", "−");
}

/** Three digits, trailing zeros dropped. */
export function plain(value) {
  const text = significant(value, 3);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** A quantity of the cup: what nobody could taste is about 0. */
function readable(value) {
  return value !== 0 && Math.abs(value) < 1e-4 ? "≈0" : plain(value);
}

/** With a sign: two decimals, three where small. */
export function signed(value) {
  if (Math.abs(value) < 5e-4) return value === 0 ? "0" : "≈ 0";
  const text = Math.abs(value) >= 0.1 ? Math.abs(value).toFixed(2) : Math.abs(value).toFixed(3);
  return (value > 0 ? "+" : "−") + text;
}
