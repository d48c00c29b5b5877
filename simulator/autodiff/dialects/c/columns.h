/* Running a program on one recipe or on many: INPUTS numbers in, OUTPUTS numbers out, PLACES between.
   The last few columns of a batch are padded to a full register with copies of the last one. */

#define NUMBERS (INPUTS + OUTPUTS + PLACES)

#if NUMBERS <= 1024
#define ROOM number room[NUMBERS]
#define LEAVE(status) return status
#else
#define ROOM                                                              \
  number *room = aligned_alloc(sizeof(number), NUMBERS * sizeof(number)); \
  if (!room) return 1
#define LEAVE(status) return (free(room), status)
#endif

static inline number padded(const double *x, ptrdiff_t count) {
  number y;
  for (int i = 0; i < LANES; i++) y[i] = x[i < count ? i : count - 1];
  return y;
}

static inline number loaded(const double *x) {
  number y;
  memcpy(&y, x, sizeof(number));
  return y;
}

/* One recipe: y[0 .. OUTPUTS) from x[0 .. INPUTS). Returns 0, or 1 if there is no memory. */
int one_column(const double *x, double *y) {
  ROOM;
  for (ptrdiff_t i = 0; i < INPUTS; i++) room[i] = ALL(x[i]);
  program(room, room + INPUTS, room + INPUTS + OUTPUTS);
  for (ptrdiff_t k = 0; k < OUTPUTS; k++) y[k] = room[INPUTS + k][0];
  LEAVE(0);
}

/* Columns start .. stop of x[i * x_row + column] into y[k * y_row + column]. */
int columns(const double *x, ptrdiff_t x_row, double *y, ptrdiff_t y_row, ptrdiff_t start,
            ptrdiff_t stop) {
  ROOM;
  number *results = room + INPUTS, *between = results + OUTPUTS;
  ptrdiff_t c = start;
  for (; stop - c >= LANES; c += LANES) {
    for (ptrdiff_t i = 0; i < INPUTS; i++) room[i] = loaded(x + i * x_row + c);
    program(room, results, between);
    for (ptrdiff_t k = 0; k < OUTPUTS; k++) memcpy(y + k * y_row + c, results + k, sizeof(number));
  }
  if (c < stop) {
    for (ptrdiff_t i = 0; i < INPUTS; i++) room[i] = padded(x + i * x_row + c, stop - c);
    program(room, results, between);
    size_t width = (size_t)(stop - c) * sizeof(double);
    for (ptrdiff_t k = 0; k < OUTPUTS; k++) memcpy(y + k * y_row + c, results + k, width);
  }
  LEAVE(0);
}
