/* SPDX-License-Identifier: MIT
 *
 * Products with the blocks of one rank's rows in single precision, and smoothing by them. A product
 * takes as long as its matrix takes to be read: half the bytes, and none for blocks that are zero,
 * such as the room of contact pairs that have not closed.
 */
#include <math.h>
#include <stdint.h>

/* Four numbers from any address: three of a block and one that nobody looks at. */
typedef float four __attribute__((vector_size(16), aligned(4)));
typedef double four_wide __attribute__((vector_size(32), aligned(8)));

/* Rows by blocks, columns counted from the first of this rank, those of other ranks after them.
 * values has room for three numbers after its last block. */
typedef struct {
  int64_t rows;
  int64_t* start;
  int32_t* column;
  float* values;
  float* inverse;
} narrow;

/* Copy blocks that are not zero, by columns, and invert the diagonal ones; returns their number.
 * Blocks of the diagonal stay in any case; one that cannot be inverted counts as a unit. */
int64_t copy_blocks(narrow* m, const int64_t* start, const int32_t* column, const double* blocks) {
  int64_t count = 0;
  for (int64_t i = 0; i < m->rows; ++i) {
    m->start[i] = count;
    for (int64_t n = start[i]; n < start[i + 1]; ++n) {
      const double* k = blocks + 9 * n;
      double size = 0.0;
      for (int c = 0; c < 9; ++c) size += fabs(k[c]);
      if (size == 0.0 && column[n] != i) continue;
      float* to = m->values + 9 * count;
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) to[3 * b + a] = (float)k[3 * a + b];
      m->column[count++] = column[n];
      if (column[n] != i) continue;
      double cofactor[9];
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) {
          const int p = (a + 1) % 3, q = (a + 2) % 3, s = (b + 1) % 3, t = (b + 2) % 3;
          cofactor[3 * b + a] = k[3 * p + s] * k[3 * q + t] - k[3 * p + t] * k[3 * q + s];
        }
      const double volume = k[0] * cofactor[0] + k[1] * cofactor[3] + k[2] * cofactor[6];
      const int regular = fabs(volume) > 0.0;
      for (int c = 0; c < 9; ++c)
        m->inverse[9 * i + c] = regular ? (float)(cofactor[c] / volume) : c % 4 == 0;
    }
  }
  m->start[m->rows] = count;
  return count;
}

/* out = A x, in double precision but for the matrix. */
void multiply(const narrow* m, const double* x, double* out) {
  for (int64_t i = 0; i < m->rows; ++i) {
    four_wide sum = {0.0, 0.0, 0.0, 0.0}, other = sum;
    for (int64_t n = m->start[i]; n < m->start[i + 1]; ++n) {
      const float* k = m->values + 9 * n;
      const double* y = x + 3 * (int64_t)m->column[n];
      sum += __builtin_convertvector(*(const four*)k, four_wide) * y[0];
      other += __builtin_convertvector(*(const four*)(k + 3), four_wide) * y[1];
      sum += __builtin_convertvector(*(const four*)(k + 6), four_wide) * y[2];
    }
    sum += other;
    for (int c = 0; c < 3; ++c) out[3 * i + c] = sum[c];
  }
}

/* One step of a polynomial smoother: step = keep step + gain D^-1 (b - A x); then x += step. With
 * no b the residual is A x, and x becomes the step: a power iteration. x has other ranks' values
 * after its own. */
void smooth(const narrow* m, const float* b, float* x, float* step, float keep, float gain) {
  for (int64_t i = 0; i < m->rows; ++i) {
    four sum = {0.0f, 0.0f, 0.0f, 0.0f}, other = sum;
    for (int64_t n = m->start[i]; n < m->start[i + 1]; ++n) {
      const float* k = m->values + 9 * n;
      const float* y = x + 3 * (int64_t)m->column[n];
      sum += *(const four*)k * y[0];
      other += *(const four*)(k + 3) * y[1];
      sum += *(const four*)(k + 6) * y[2];
    }
    sum += other;
    float r[3];
    for (int c = 0; c < 3; ++c) r[c] = b ? b[3 * i + c] - sum[c] : sum[c];
    const float* d = m->inverse + 9 * i;
    for (int c = 0; c < 3; ++c)
      step[3 * i + c] = (keep == 0.0f ? 0.0f : keep * step[3 * i + c]) +
                        gain * (d[3 * c] * r[0] + d[3 * c + 1] * r[1] + d[3 * c + 2] * r[2]);
  }
  for (int64_t i = 0; i < 3 * m->rows; ++i) x[i] = b ? x[i] + step[i] : step[i];
}
