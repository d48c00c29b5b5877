// What customers say. The chances that a miss costs somebody more than so much are emitted from
// simulator/coffee/complaints.py; here they are added up over all costs, as `opinions` does there.

const CELLS = 80;

/** Complaint or "just right" -> share of the segment that says it, most likely first. */
export function opinion(voice, programs, read) {
  const inputs = new Float64Array(1 + voice.reads.length);
  voice.reads.forEach((name, k) => { inputs[k + 1] = read(name); });
  const count = voice.complaints.length;
  const dearest = programs.dearest(inputs, new Float64Array(count)).slice();
  const aspects = [...new Set(voice.complaints.map(([aspect]) => aspect))];
  const beyond = new Float64Array(count);

  const contentAt = (cost, except) => {
    inputs[0] = cost;
    programs.beyond(inputs, beyond);
    let product = 1;
    for (const aspect of aspects) {
      if (aspect === except) continue;
      let content = 1;
      voice.complaints.forEach(([other], k) => { if (other === aspect) content -= beyond[k]; });
      product *= content;
    }
    return product;
  };

  const said = voice.complaints.map(([aspect, words], k) => {
    const step = dearest[k] / CELLS;
    let total = 0;
    inputs[0] = 0;
    let left = programs.beyond(inputs, beyond)[k];
    for (let cell = 0; cell < CELLS; cell++) {
      inputs[0] = (cell + 1) * step;
      const right = cell + 1 < CELLS ? programs.beyond(inputs, beyond)[k] : 0;
      if (left !== right) total += (left - right) * contentAt((cell + 0.5) * step, aspect);
      left = right;
    }
    return [words, total];
  });
  said.push(["just right", contentAt(0, null)]);
  const sum = said.reduce((total, [, share]) => total + share, 0);
  return said.map(([words, share]) => [words, share / sum]).sort((a, b) => b[1] - a[1]);
}
