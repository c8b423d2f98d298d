/* SPDX-License-Identifier: MIT
 *
 * Projection of points on a curved surface of quadratic facets along its smoothed normals, facet by
 * facet from a guess. docs/theory/contact.md has the equations.
 */
#include <math.h>
#include <stdint.h>

enum { FACET_NODES = 6, NEWTON_LIMIT = 12, HOP_LIMIT = 4 };

/* The surface: nodes of facets, the facet opposite to each corner or -1, places and unit normals
 * of nodes, and what a partner must fulfil. */
typedef struct {
  const int64_t* facets;
  const int64_t* neighbours;
  const double* positions;
  const double* normals;
  double radius;
  double facing;
  double rim;
  double inside;
  double wedge;
} surface;

static inline double dot3(const double* a, const double* b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void cross3(double* restrict out, const double* a, const double* b) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

/* Place, tangents, unit normal and its derivatives at local coordinates of a facet. */
static void surface_at(const surface* s, const int64_t* nodes, const double* eta, double* place,
                       double (*tangents)[3], double* normal, double (*bend)[3]) {
  const double a = eta[0], b = eta[1], c = 1.0 - a - b;
  const double value[FACET_NODES] = {c * (2.0 * c - 1.0), a * (2.0 * a - 1.0), b * (2.0 * b - 1.0),
                                     4.0 * a * b,         4.0 * b * c,         4.0 * a * c};
  const double slope[2][FACET_NODES] = {
      {1.0 - 4.0 * c, 4.0 * a - 1.0, 0.0, 4.0 * b, -4.0 * b, 4.0 * (c - a)},
      {1.0 - 4.0 * c, 0.0, 4.0 * b - 1.0, 4.0 * a, 4.0 * (c - b), -4.0 * a}};
  double raw[3] = {0.0, 0.0, 0.0};
  for (int k = 0; k < 3; ++k) {
    place[k] = tangents[0][k] = tangents[1][k] = bend[0][k] = bend[1][k] = 0.0;
    for (int n = 0; n < FACET_NODES; ++n) {
      const double x = s->positions[3 * nodes[n] + k], m = s->normals[3 * nodes[n] + k];
      place[k] += value[n] * x;
      raw[k] += value[n] * m;
      for (int d = 0; d < 2; ++d) {
        tangents[d][k] += slope[d][n] * x;
        bend[d][k] += slope[d][n] * m;
      }
    }
  }
  const double length = fmax(sqrt(dot3(raw, raw)), 2.2250738585072014e-308);
  for (int k = 0; k < 3; ++k) normal[k] = raw[k] / length;
  for (int d = 0; d < 2; ++d) {
    for (int k = 0; k < 3; ++k) bend[d][k] /= length;
    const double along = dot3(bend[d], normal);
    for (int k = 0; k < 3; ++k) bend[d][k] -= along * normal[k];
  }
}

/* Solve place(eta) + gap normal(eta) = point by Newton's method; NaN where it does not end. A point
 * that runs far off its facet ends where it is. */
static void project(const surface* s, const int64_t* nodes, const double* point, double* eta,
                    double* gap, double* normal) {
  *gap = 0.0;
  for (int step = 0; step < NEWTON_LIMIT; ++step) {
    double place[3], tangents[2][3], bend[2][3], b1[3], b2[3], r1[3], r2[3], r3[3], d[3];
    surface_at(s, nodes, eta, place, tangents, normal, bend);
    for (int k = 0; k < 3; ++k) {
      b1[k] = tangents[0][k] + *gap * bend[0][k];
      b2[k] = tangents[1][k] + *gap * bend[1][k];
      d[k] = point[k] - place[k];
    }
    cross3(r1, b2, normal);
    cross3(r2, normal, b1);
    cross3(r3, b1, b2);
    const double determinant = dot3(b1, r1);
    if (!(fabs(determinant) > 1e-14)) break;
    const double one = dot3(r1, d) / determinant, two = dot3(r2, d) / determinant;
    const double size = fmax(fabs(one), fabs(two)), scale = fmin(1.0, 1.0 / fmax(size, 1.0));
    *gap = dot3(r3, d) / determinant;
    eta[0] += one * scale;
    eta[1] += two * scale;
    if (isnan(size)) break;
    if (size <= 1e-12 || fmax(fabs(eta[0]), fabs(eta[1])) >= 4.0) return;
  }
  eta[0] = eta[1] = *gap = NAN;
}

/* Follow guesses across the sides of facets. Of each of the points `index` that has a partner,
 * facet, place and gap are written; done tells which need no other guess. */
void walk(const surface* s, int64_t count, const int64_t* index, const int64_t* start,
          const double* guess, const double* points, const double* own_normals, int64_t* facet,
          double* eta, double* gap, uint8_t* done) {
  for (int64_t p = 0; p < count; ++p) {
    const int64_t i = index[p];
    int64_t at = start[p];
    double local[2] = {guess[2 * p], guess[2 * p + 1]};
    done[p] = 0;
    for (int hop = 0; hop < HOP_LIMIT; ++hop) {
      double distance, normal[3], least = INFINITY, rim = 0.0;
      int side = 0;
      project(s, s->facets + FACET_NODES * at, points + 3 * i, local, &distance, normal);
      if (isnan(local[0]) || isnan(local[1])) break;
      const double bary[3] = {1.0 - local[0] - local[1], local[0], local[1]};
      for (int k = 0; k < 3; ++k) {
        const int open = s->neighbours[3 * at + k] < 0;
        const double inner = open ? 1.0 : bary[k];
        if (open) rim = fmax(rim, -bary[k]);
        if (inner < least) {
          least = inner;
          side = k;
        }
      }
      const int inside = least >= -s->inside - s->wedge * rim && rim < s->rim;
      const int near = fabs(distance) <= s->radius;
      const int good = inside && near && dot3(normal, own_normals + 3 * i) <= -s->facing;
      if (good) {
        facet[i] = at;
        eta[2 * i] = local[0];
        eta[2 * i + 1] = local[1];
        gap[i] = distance;
      }
      if (good || (inside && !near)) {
        done[p] = 1;
        break;
      }
      const int64_t next = s->neighbours[3 * at + side];
      if (next < 0 || least >= 0.0) break;
      at = next;
      local[0] = local[1] = 1.0 / 3.0;
    }
  }
}

/* Project each point on its own facet; eta holds guesses and is overwritten, NaN without an end. */
void project_all(const surface* s, int64_t count, const double* points, double* eta) {
  double gap, normal[3];
  for (int64_t p = 0; p < count; ++p)
    project(s, s->facets + FACET_NODES * p, points + 3 * p, eta + 2 * p, &gap, normal);
}
