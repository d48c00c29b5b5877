// The race: update rules emitted from simulator/optimizers, each spending one value-and-gradient a step.

/** A runner starts at x; every `step()` looks at the cup once and moves once. */
export class Runner {
  constructor(rule, programs, gradient, x, data, rate) {
    this.rule = rule;
    this.size = x.length;
    this.rate = rate;
    this.programs = programs;
    this.gradient = gradient;
    const state = programs.start(Float64Array.from(x), new Float64Array(rule.state));
    this.inputs = new Float64Array(1 + 2 * this.size + state.length);
    this.inputs[0] = rate;
    this.inputs.set(x, 1);
    this.inputs.set(state, 1 + 2 * this.size);
    this.at = new Float64Array(this.size + data.length);
    this.at.set(data, this.size);
    this.result = new Float64Array(1 + this.size);
    this.after = new Float64Array(this.size + state.length);
    this.path = [];
    this.losses = [];
  }

  get x() { return this.inputs.slice(1, 1 + this.size); }

  step() {
    const { size, inputs, at, result, after } = this;
    for (let i = 0; i < size; i++) at[i] = inputs[1 + i];
    this.gradient(at, result);
    this.path.push(inputs.slice(1, 1 + size));
    this.losses.push(result[0]);
    for (let i = 0; i < size; i++) inputs[1 + size + i] = result[1 + i];
    this.programs.step(inputs, after);
    for (let i = 0; i < size; i++) inputs[1 + i] = after[i];
    for (let i = size; i < after.length; i++) inputs[1 + size + i] = after[i];
  }
}

/** The least loss seen so far, after each look. */
export function bestSoFar(losses) {
  let best = Infinity;
  return losses.map((loss) => (best = Math.min(best, loss)));
}
