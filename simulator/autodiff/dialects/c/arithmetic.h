/* Arithmetic on a few recipes side by side, one in each lane of a vector register.

   Every operation treats every lane alike and no lane sees its neighbours, so a recipe's result does not
   depend on what it shares a register with, nor on how many lanes the machine has. Sums, products,
   quotients, roots, exp, log, pow and all that is made of them have the same bits on every machine: where
   a fused multiply-add is used it is written v_fma, and the compiler may invent none of its own
   (-ffp-contract=off). What comes from the machine's own library (sin, cbrt ...) has that library's bits. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h>
#endif

/* How many lanes the widest register has; LANES may be given as 2, which is quicker for one recipe. */
#if defined __AVX512F__ && defined __AVX512DQ__
#define WIDEST 8
#elif defined __AVX2__
#define WIDEST 4
#else
#define WIDEST 2
#endif
#ifndef LANES
#define LANES WIDEST
#endif

#if LANES == 8
#define ALL(c) ((number){c, c, c, c, c, c, c, c})
#define INTRINSIC(f) _mm512_##f
#elif LANES == 4
#define ALL(c) ((number){c, c, c, c})
#define INTRINSIC(f) _mm256_##f
#elif LANES == 2
#define ALL(c) ((number){c, c})
#define INTRINSIC(f) _mm_##f
#endif

typedef double number __attribute__((vector_size(8 * LANES)));
typedef int64_t truth __attribute__((vector_size(8 * LANES))); /* all bits set, or none */
typedef uint64_t pattern __attribute__((vector_size(8 * LANES)));

#define TRUE ((truth)(ALL(0.0) == ALL(0.0)))
#define FALSE (~TRUE)

static inline number v_where(truth c, number a, number b) {
  return (number)((c & (truth)a) | (~c & (truth)b));
}

/* a·b + c with one rounding */
static inline number v_fma(number a, number b, number c) {
#if defined __FMA__
  return INTRINSIC(fmadd_pd)(a, b, c);
#else
  for (int i = 0; i < LANES; i++) a[i] = fma(a[i], b[i], c[i]);
  return a;
#endif
}

static inline number v_absolute(number x) { return (number)((pattern)x & 0x7fffffffffffffffu); }
static inline truth v_isnan(number x) { return (truth)(x != x); }
static inline truth v_isfinite(number x) { return (truth)(v_absolute(x) < ALL(INFINITY)); }
static inline number v_count(truth c) { return v_where(c, ALL(1.0), ALL(0.0)); }

/* NaN wins, and the first operand wins a tie */
static inline number v_maximum(number a, number b) {
  return v_where((truth)(a >= b) | v_isnan(a), a, b);
}
static inline number v_minimum(number a, number b) {
  return v_where((truth)(a <= b) | v_isnan(a), a, b);
}
static inline number v_sign(number x) {
  number signs = v_count((truth)(x > ALL(0.0))) - v_count((truth)(x < ALL(0.0)));
  return v_where(v_isnan(x), x, signs);
}

#define LANE_BY_LANE(name, f)                                         \
  static inline number name(number x) {                               \
    for (int i = 0; i < LANES; i++) x[i] = f(x[i]);                   \
    return x;                                                         \
  }
#define LANE_BY_LANE_OF_TWO(name, f)                                  \
  static inline number name(number a, number b) {                     \
    for (int i = 0; i < LANES; i++) a[i] = f(a[i], b[i]);             \
    return a;                                                         \
  }

/* one instruction each where the machine has it */
LANE_BY_LANE(v_sqrt, __builtin_sqrt)
LANE_BY_LANE(v_floor, __builtin_floor)
LANE_BY_LANE(v_ceil, __builtin_ceil)
LANE_BY_LANE(v_trunc, __builtin_trunc)
LANE_BY_LANE(v_rint, __builtin_rint)
LANE_BY_LANE_OF_TWO(v_fmod, fmod)

/* The C library's functions: its vector versions (glibc's libmvec) if it has them, the widest ones
   whatever LANES is, so that the bits are the same. */
#ifdef LIBMVEC
#if WIDEST == 8
#define LIBRARY_NAME(operands, f) _ZGVeN8##operands##_##f
#elif WIDEST == 4
#define LIBRARY_NAME(operands, f) _ZGVdN4##operands##_##f
#else
#define LIBRARY_NAME(operands, f) _ZGVbN2##operands##_##f
#endif
typedef double widest __attribute__((vector_size(8 * WIDEST)));

static inline widest widened(number x) {
  widest y;
  for (int i = 0; i < WIDEST; i++) y[i] = x[i % LANES];
  return y;
}
static inline number narrowed(widest x) {
  number y;
  for (int i = 0; i < LANES; i++) y[i] = x[i];
  return y;
}

#define FROM_LIBRARY(name, f)                                         \
  widest LIBRARY_NAME(v, f)(widest);                                  \
  static inline number name(number x) { return narrowed(LIBRARY_NAME(v, f)(widened(x))); }
#define FROM_LIBRARY_OF_TWO(name, f)                                  \
  widest LIBRARY_NAME(vv, f)(widest, widest);                         \
  static inline number name(number a, number b) {                     \
    return narrowed(LIBRARY_NAME(vv, f)(widened(a), widened(b)));     \
  }
#else
#define FROM_LIBRARY LANE_BY_LANE
#define FROM_LIBRARY_OF_TWO LANE_BY_LANE_OF_TWO
#endif
FROM_LIBRARY(v_log2, log2)
FROM_LIBRARY(v_log10, log10)
FROM_LIBRARY(v_cbrt, cbrt)
FROM_LIBRARY(v_sin, sin)
FROM_LIBRARY(v_cos, cos)
FROM_LIBRARY(v_tan, tan)
FROM_LIBRARY(v_arcsin, asin)
FROM_LIBRARY(v_arccos, acos)
FROM_LIBRARY(v_arctan, atan)
FROM_LIBRARY_OF_TWO(v_arctan2, atan2)
FROM_LIBRARY_OF_TWO(v_hypot, hypot)

/* --- exponential and logarithm ---------------------------------------------------------------------
   The polynomials are defined below, from simulator/autodiff/dialects/coefficients.py. */

static inline number v_exp_polynomial(number r);   /* (exp(r) - 1 - r) / r^2 */
static inline number v_log_3_polynomial(number z); /* (log((1+s)/(1-s)) - 2s) / s^3,           z = s^2 */
static inline number v_log_5_polynomial(number z); /* (log((1+s)/(1-s)) - 2s - 2s^3/3) / s^5,  z = s^2 */

#define MAGIC 0x1.8p52 /* adding it rounds to an integer, which then stands in the lowest bits */
#define LN2_HIGH 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56

/* y · 2^n for whole n with |n| < 2040, with one rounding if the result is subnormal */
static inline number v_scaled(number y, number n) {
#if defined __AVX512F__ && (LANES == 8 || defined __AVX512VL__)
  return INTRINSIC(scalef_pd)(y, n);
#else
  number half = (n * 0.5 + MAGIC) - MAGIC;
  number first = (number)(((pattern)(half + MAGIC) + 1023u) << 52);
  number second = (number)(((pattern)((n - half) + MAGIC) + 1023u) << 52);
  return (y * first) * second;
#endif
}

/* x between low and high; NaN stays NaN, which these instructions do for their second operand */
static inline number v_clamped(number x, double low, double high) {
#if defined __x86_64__
  return INTRINSIC(max_pd)(ALL(low), INTRINSIC(min_pd)(ALL(high), x));
#else
  x = v_where((truth)(x > ALL(high)), ALL(high), x);
  return v_where((truth)(x < ALL(low)), ALL(low), x);
#endif
}

/* exp(high + low), where low is at most a few units in the last place of high */
static inline number v_exp_of_sum(number high, number low) {
  high = v_clamped(high, -746.0, 710.0); /* whose exponentials are 0 and infinite */
  number n = v_fma(high, ALL(0x1.71547652b82fep+0), ALL(MAGIC)) - MAGIC;
  number r = v_fma(n, ALL(-LN2_HIGH), high);
  r = v_fma(n, ALL(-LN2_LOW), r) + low;
  return v_scaled(v_fma(r * r, v_exp_polynomial(r), r) + 1.0, n);
}

static inline number v_exp(number x) {
  x = v_clamped(x, -746.0, 710.0);
  number n = v_fma(x, ALL(0x1.71547652b82fep+0), ALL(MAGIC)) - MAGIC;
  number r = v_fma(n, ALL(-LN2_HIGH), x);
  r = v_fma(n, ALL(-LN2_LOW), r);
  return v_scaled(v_fma(r * r, v_exp_polynomial(r), r) + 1.0, n);
}

static inline number v_exp2(number x) {
  x = v_clamped(x, -1080.0, 1030.0);
  number n = (x + MAGIC) - MAGIC;
  number r = (x - n) * LN2_HIGH;
  return v_scaled(v_fma(r * r, v_exp_polynomial(r), r) + 1.0, n);
}

static inline number v_expm1(number x) {
  number y = v_clamped(x, -50.0, 710.0);
  number n = v_fma(y, ALL(0x1.71547652b82fep+0), ALL(MAGIC)) - MAGIC;
  number r = v_fma(n, ALL(-LN2_HIGH), y);
  r = v_fma(n, ALL(-LN2_LOW), r);
  number grown = v_fma(r * r, v_exp_polynomial(r), r) + (1.0 - v_scaled(ALL(1.0), -n));
  return v_where((truth)(x == ALL(0.0)), x, v_scaled(grown, n));
}

/* x = m · 2^k with m between the roots of 1/2 and 2, for positive finite x */
static inline number v_mantissa(number x, number *k) {
  truth tiny = (truth)(x < ALL(0x1p-1022));
  pattern bits = (pattern)v_where(tiny, x * 0x1p54, x);
  pattern power = (bits - 0x3fe6a09e667f3bcdu + 0x3ff0000000000000u) >> 52;
  *k = (number)(power | 0x4330000000000000u) - (0x1p52 + 1023.0);
  *k = *k - v_where(tiny, ALL(54.0), ALL(0.0));
  return (number)(bits - ((power - 1023u) << 52));
}

static inline number v_log_of_special(number x, number otherwise) {
  number y = v_where((truth)(x < ALL(INFINITY)), otherwise, x); /* infinity and NaN */
  y = v_where((truth)(x < ALL(0.0)), ALL(NAN), y);
  return v_where((truth)(x == ALL(0.0)), ALL(-INFINITY), y);
}

/* log x = k·log 2 + f - (f²/2 - s·(f²/2 + ...)), with m = 1 + f and s = f / (2 + f) */
static inline number v_log(number x) {
  number k, f = v_mantissa(x, &k) - 1.0;
  number s = f / (f + 2.0), z = s * s, half = 0.5 * f * f;
  number rest = s * v_fma(z, v_log_3_polynomial(z), half) + k * 0x1.a39ef35793c76p-33;
  return v_log_of_special(x, k * 0x1.62e42feep-1 - ((half - rest) - f));
}

/* log x as high + low, to about 2^-66 of it, for x > 0 */
static inline number v_log_as_sum(number x, number *low) {
  number k, m = v_mantissa(x, &k), f = m - 1.0;
  number d = m + 1.0, d_low = m - (d - 1.0), over = 1.0 / d;
  number s = f * over;
  number s_low = (v_fma(-s, d, f) - s * d_low) * over;
  number z = s * s, z_low = v_fma(s, s, -z) + 2.0 * (s * s_low);
  number w = z * s, w_low = v_fma(z, s, -w) + v_fma(z_low, s, z * s_low); /* s³ */
  number u = w * 0x1.5555555555555p-1;                                     /* 2/3 · s³ */
  number u_low = v_fma(w, ALL(0x1.5555555555555p-1), -u);
  u_low = u_low + v_fma(w_low, ALL(0x1.5555555555555p-1), w * 0x1.5555555555555p-55);
  number rest = v_fma(w * z, v_log_5_polynomial(z), u_low) + 2.0 * s_low;
  rest = v_fma(k, ALL(0x1.ef35793c76730p-45), rest);
  number a = k * 0x1.62e42fefa3800p-1, b = 2.0 * s; /* k·log 2 without its last bits: exact */
  number ab = a + b, ab_low = b - (ab - a);
  number all = ab + u, all_low = u - (all - ab);
  rest = rest + (ab_low + all_low);
  number high = all + rest;
  *low = rest - (high - all);
  return v_log_of_special(x, high);
}

static inline number v_power(number a, number b) {
  number size = v_absolute(a), log_low, log_high = v_log_as_sum(size, &log_low);
  number high = b * log_high;
  number low = v_fma(b, log_high, -high) + b * log_low;
  low = v_where((truth)(v_absolute(high) < ALL(800.0)), low, ALL(0.0));
  number y = v_exp_of_sum(high, low);
  truth whole = (truth)(v_trunc(b) == b);
  number half = 0.5 * b;
  truth odd = whole & (truth)(v_trunc(half) != half);
  pattern sign = (pattern)a & (pattern)odd & 0x8000000000000000u;
  y = v_where((truth)(b == ALL(0.0)) | (truth)(size == ALL(1.0)), ALL(1.0), y);
  y = v_where(v_isnan(b) & (truth)(a != ALL(1.0)), b, y);
  y = (number)((pattern)y | sign);
  truth imaginary = (truth)(a < ALL(0.0)) & v_isfinite(a) & ~whole & ~v_isnan(b);
  return v_where(imaginary, ALL(NAN), y);
}
