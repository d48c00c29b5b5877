/* Running a program on its own results: STATE numbers in, one value and STATE numbers out, the first SIZE
   of them a point. All steps are taken for a few columns before the next few begin.

   start and end are arrays of STATE rows, path of 1 + SIZE rows for each recorded step: the value and the
   point before steps 0, every, 2·every ... Returns 0, or 1 if there is no memory. */

#define NUMBERS (INPUTS + OUTPUTS + PLACES)

int steps(const double *start, double *end, ptrdiff_t row, ptrdiff_t first, ptrdiff_t last,
          int64_t count, int64_t every, double *path) {
  number *room = aligned_alloc(sizeof(number), NUMBERS * sizeof(number));
  if (!room) return 1;
  number *results = room + INPUTS, *between = results + OUTPUTS;
  for (ptrdiff_t c = first; c < last; c += LANES) {
    ptrdiff_t used = last - c < LANES ? last - c : LANES;
    for (ptrdiff_t i = 0; i < STATE; i++)
      for (int lane = 0; lane < LANES; lane++)
        room[i][lane] = start[i * row + c + (lane < used ? lane : used - 1)];
    double *record = path + c;
    for (int64_t step = 0; step < count; step++) {
      program(room, results, between);
      if (every && step % every == 0) {
        memcpy(record, results, used * sizeof(double));
        for (ptrdiff_t i = 0; i < SIZE; i++)
          memcpy(record + (1 + i) * row, room + i, used * sizeof(double));
        record += (1 + SIZE) * row;
      }
      memcpy(room, results + 1, STATE * sizeof(number));
    }
    for (ptrdiff_t i = 0; i < STATE; i++) memcpy(end + i * row + c, room + i, used * sizeof(double));
  }
  free(room);
  return 0;
}
