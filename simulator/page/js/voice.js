// What customers say. The chances that a miss costs somebody more than so much are emitted from
// simulator/coffee/complaints.py; here they are added up over all costs, as `opinions` does there.

const CELLS = 80;
// A share of people too small to be heard.
const NOBODY = 1e-13;

/**
 * Complaint or "just right" -> share of the segment that says it, most likely first; `cells` is into how many
 * parts the costs are cut.
 */
export function opinion(voice, programs, read, cells = CELLS) {
  const inputs = new Float64Array(1 + voice.reads.length);
  voice.reads.forEach((name, k) => { inputs[k + 1] = read(name); });
  const dearest = programs.dearest(inputs, new Float64Array(voice.complaints.length));
  const result = new Float64Array(1);
  const beyond = (k, cost) => {
    inputs[0] = cost;
    return programs.beyond[k](inputs, result)[0];
  };
  // The misses of each aspect, by number: who minds one of them does not mind the other.
  const aspects = [...new Set(voice.complaints.map(([aspect]) => aspect))];
  const misses = aspects.map((aspect) => voice.complaints.flatMap(([other], k) => (other === aspect ? [k] : [])));

  /** Share of people whom nothing but one aspect costs more than that. */
  const contentAt = (cost, except) => {
    let product = 1;
    for (let a = 0; a < misses.length && product > NOBODY; a++) {
      if (a === except) continue;
      let content = 1;
      for (const k of misses[a]) content -= beyond(k, cost);
      product *= content;
    }
    return product;
  };

  const said = voice.complaints.map(([aspect, words], k) => {
    const mine = aspects.indexOf(aspect);
    const step = dearest[k] / cells;
    let total = 0;
    let left = beyond(k, 0);
    for (let cell = 0; cell < cells && left > NOBODY; cell++) {
      const right = cell + 1 < cells ? beyond(k, (cell + 1) * step) : 0;
      if (left - right > NOBODY) total += (left - right) * contentAt((cell + 0.5) * step, mine);
      left = right;
    }
    return [words, total];
  });
  said.push(["just right", contentAt(0, -1)]);
  const sum = said.reduce((total, [, share]) => total + share, 0);
  return said.map(([words, share]) => [words, share / sum]).sort((a, b) => b[1] - a[1]);
}
