// Backprop over the graph of the cup, one node at a time: what simulator/autodiff/walk.py does in Python.
// The operations themselves, each with its value and its partial derivatives, are emitted by the engine.

export class Walk {
  /**
   * @param columns {operation, parents, constants, inputs}: one entry per node, parents before children;
   *   `operation` indexes `names`, -1 for inputs and constants.
   * @param names names of the operations.
   * @param table name -> function(operands, results): the value, then one partial per operand.
   */
  constructor(columns, names, table) {
    this.size = columns.operation.length;
    this.parents = columns.parents;
    this.inputs = columns.inputs;
    this.apply = columns.operation.map((k) => (k < 0 ? null : table[names[k]]));
    this.isConstant = new Uint8Array(this.size);
    this.values = new Float64Array(this.size);
    this.partials = this.parents.map((parents) => new Float64Array(parents.length));
    for (const [node, value] of columns.constants) {
      this.isConstant[node] = 1;
      this.values[node] = value;
    }
    this._operands = new Float64Array(4);
    this._results = new Float64Array(5);
  }

  /** Forward: every node's value, and how it answers to each of its parents. */
  forward(numbers) {
    const { values, parents, partials, _operands, _results } = this;
    this.inputs.forEach((node, k) => { values[node] = numbers[k]; });
    for (let node = 0; node < this.size; node++) {
      const operation = this.apply[node];
      if (operation === null) continue;
      const mine = parents[node];
      for (let k = 0; k < mine.length; k++) _operands[k] = values[mine[k]];
      operation(_operands, _results);
      values[node] = _results[0];
      for (let k = 0; k < mine.length; k++) partials[node][k] = _results[k + 1];
    }
    return values;
  }

  /** Backward from one node: d node / d every other node. Each hands its adjoint on, times the partials. */
  backward(from, adjoint = new Float64Array(this.size)) {
    adjoint.fill(0);
    adjoint[from] = 1;
    for (let node = from; node >= 0; node--) {
      const mine = this.parents[node];
      if (adjoint[node] === 0) continue;
      for (let k = 0; k < mine.length; k++) {
        const partial = this.partials[node][k];
        // A partial of exactly 0 hands on nothing; 0 times infinity would be NaN.
        if (partial !== 0 && !this.isConstant[mine[k]]) adjoint[mine[k]] += adjoint[node] * partial;
      }
    }
    return adjoint;
  }

  /**
   * d node / d each node that is shown, along ways that meet no other shown node: the local partial
   * derivatives of the graph as it is looked at.
   */
  local(node, isShown) {
    const received = new Map([[node, 1]]);
    const found = new Map();
    const waiting = [node];
    while (waiting.length) {
      waiting.sort((a, b) => a - b);
      const at = waiting.pop();
      const share = received.get(at);
      const mine = this.parents[at];
      for (let k = 0; k < mine.length; k++) {
        const parent = mine[k];
        if (this.isConstant[parent]) continue;
        const handed = share * this.partials[at][k];
        if (isShown(parent)) {
          found.set(parent, (found.get(parent) || 0) + handed);
        } else {
          if (!received.has(parent)) waiting.push(parent);
          received.set(parent, (received.get(parent) || 0) + handed);
        }
      }
    }
    return found;
  }
}
