/* SPDX-License-Identifier: MIT
 *
 * Loops over cells and contact facets that write straight into the blocks of the reduced tangent.
 *
 * FFCx makes the kernel of the stress's derivative at the points of a cell; the contraction with
 * shape functions is ours: through the 3 x 3 x 3 x 3 derivative at each point it costs a fifth of a
 * bilinear form's. Places are known beforehand, so that nothing is searched for.
 */
#include <stdint.h>
#include <string.h>

enum { NODES = 10, CORNERS = 4, WIDE = 12, MOST_POINTS = 64, MOST_VALUES = 1024 };

#ifdef CUSTOM_DATA
typedef void (*tabulate)(double*, const double*, const double*, const double*, const int*,
                         const uint8_t*, void*);
#define TABULATE(f, out, w, x) f(out, w, NULL, x, NULL, NULL, NULL)
#else
typedef void (*tabulate)(double*, const double*, const double*, const double*, const int*,
                         const uint8_t*);
#define TABULATE(f, out, w, x) f(out, w, NULL, x, NULL, NULL)
#endif

/* One coefficient of a kernel: values of nodes in blocks, and the nodes of every cell. */
typedef struct {
  const double* values;
  const int32_t* nodes;
  int per_cell;
  int block;
} field;

/* Points of a cell and what the geometry of all of them shares. */
typedef struct {
  const double* x;
  const int32_t* corners;
  int points;
  const double* weights;
  const double* slopes; /* points x NODES x 3, on the reference cell */
} geometry;

/* Rows of 3 x 3 blocks that one rank writes, and the nodes that it writes them for.
 *
 * A held node follows a rigid segment: it stands for two blocks, translation and rotation, in
 * neighbouring rows and columns; `arm` is the derivative of its place by the rotation. */
typedef struct {
  const int64_t* start;
  const int64_t* column;
  double* blocks;
  const int32_t* row;
  const int64_t* target;
  const uint8_t* held;
  const double* arm;
} rows;

static inline void add9(double* restrict to, const double* restrict from) {
  for (int k = 0; k < 9; ++k) to[k] += from[k];
}

static inline void times(double* restrict out, const double* a, const double* b) {
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

static inline void transposed_times(double* restrict out, const double* a, const double* b) {
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      out[3 * i + j] = a[i] * b[j] + a[3 + i] * b[3 + j] + a[6 + i] * b[6 + j];
}

/* Add the block of nodes i and j at a place, and its moments where one of them is held. */
static inline void add_block(const rows* m, int32_t i, int32_t j, int64_t place, const double* k) {
  double* here = m->blocks + 9 * place;
  add9(here, k);
  if (!(m->held[i] | m->held[j])) return;
  double right[9] = {0.0}, left[9];
  if (m->held[j]) {
    times(right, k, m->arm + 9 * j);
    add9(here + 9, right);
  }
  if (m->held[i]) {
    const int64_t* start = m->start + m->row[i];
    double* below = m->blocks + 9 * (place - start[0] + start[1]);
    transposed_times(left, m->arm + 9 * i, k);
    add9(below, left);
    if (m->held[j]) {
      transposed_times(left, m->arm + 9 * i, right);
      add9(below + 9, left);
    }
  }
}

/* Place of a column in a row, or -1. */
static inline int64_t find(const rows* m, int32_t i, int32_t j) {
  const int64_t wanted = m->target[j];
  int64_t low = m->start[m->row[i]], high = m->start[m->row[i] + 1];
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (m->column[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low < m->start[m->row[i] + 1] && m->column[low] == wanted ? low : -1;
}

/* Add a block where it belongs; returns 1 where it is not zero and has no place. */
static inline int place_block(const rows* m, int32_t i, int32_t j, const double* k) {
  double largest = 0.0;
  for (int c = 0; c < 9; ++c) largest = k[c] > largest ? k[c] : -k[c] > largest ? -k[c] : largest;
  if (largest == 0.0) return 0;
  const int64_t place = find(m, i, j);
  if (place < 0) return 1;
  add_block(m, i, j, place, k);
  return 0;
}

/* Gather what the kernel of a cell reads. */
static void read_cell(int32_t cell, const geometry* g, int count, const field* fields,
                      double* restrict x, double* restrict w) {
  for (int v = 0; v < CORNERS; ++v)
    memcpy(x + 3 * v, g->x + 3 * g->corners[(int64_t)CORNERS * cell + v], 3 * sizeof(double));
  for (int f = 0; f < count; ++f) {
    const field* one = fields + f;
    const int32_t* nodes = one->nodes + (int64_t)one->per_cell * cell;
    for (int n = 0; n < one->per_cell; ++n)
      for (int b = 0; b < one->block; ++b) *w++ = one->values[(int64_t)one->block * nodes[n] + b];
  }
}

/* Slopes of the shape functions in space at all points; returns the volume of the map. */
static double slopes_of(const geometry* g, const double* x, double (*slopes)[NODES][3]) {
  double j[9], inverse[9];
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 3; ++k) j[3 * i + k] = x[3 * (k + 1) + i] - x[i];
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 3; ++k) {
      const int a = (i + 1) % 3, b = (i + 2) % 3, c = (k + 1) % 3, d = (k + 2) % 3;
      inverse[3 * k + i] = j[3 * a + c] * j[3 * b + d] - j[3 * a + d] * j[3 * b + c];
    }
  const double volume = j[0] * inverse[0] + j[1] * inverse[3] + j[2] * inverse[6];
  for (int i = 0; i < 9; ++i) inverse[i] /= volume;
  for (int p = 0; p < g->points; ++p)
    for (int n = 0; n < NODES; ++n) {
      const double* s = g->slopes + 3 * (NODES * p + n);
      for (int k = 0; k < 3; ++k)
        slopes[p][n][k] = s[0] * inverse[k] + s[1] * inverse[3 + k] + s[2] * inverse[6 + k];
    }
  return volume < 0.0 ? -volume : volume;
}

/* Sum over the points of slope x derivative x slope, blocks of nine in rows of twelve. */
static void contract(const geometry* g, double volume, double (*restrict slopes)[NODES][3],
                     const double* derivative, double (*restrict out)[NODES][WIDE]) {
  memset(out, 0, sizeof(double) * NODES * NODES * WIDE);
  for (int p = 0; p < g->points; ++p) {
    const double weight = g->weights[p] * volume;
    double d[3][3][WIDE] = {{{0.0}}};
    for (int k = 0; k < 9; ++k)
      for (int c = 0; c < 9; ++c) d[k / 3][k % 3][c] = weight * derivative[81 * p + 9 * k + c];
    for (int i = 0; i < NODES; ++i) {
      const double* s = slopes[p][i];
      double t[3][WIDE];
      for (int k = 0; k < 3; ++k)
        for (int c = 0; c < WIDE; ++c)
          t[k][c] = s[0] * d[0][k][c] + s[1] * d[1][k][c] + s[2] * d[2][k][c];
      for (int j = 0; j < NODES; ++j) {
        const double* r = slopes[p][j];
        for (int c = 0; c < WIDE; ++c)
          out[i][j][c] += r[0] * t[0][c] + r[1] * t[1][c] + r[2] * t[2][c];
      }
    }
  }
}

/* Add mass between like components. */
static void add_mass(double scale, const double* mass, double (*restrict out)[NODES][WIDE]) {
  for (int i = 0; i < NODES; ++i)
    for (int j = 0; j < NODES; ++j)
      for (int c = 0; c < 9; c += 4) out[i][j][c] += scale * mass[NODES * i + j];
}

/* Corners of each edge node, in basix' order. */
static const int EDGES[6][2] = {{2, 3}, {1, 3}, {1, 2}, {0, 3}, {0, 2}, {0, 1}};

/* Restrict a cell's blocks to linear elements, in place: an edge's node goes half to each of its
 * corners, but for one that follows a segment. */
static void to_corners(double (*restrict k)[NODES][WIDE], const uint8_t* stays) {
  for (int e = 0; e < 6; ++e) {
    if (stays[e]) continue;
    for (int side = 0; side < 2; ++side)
      for (int j = 0; j < NODES; ++j)
        for (int c = 0; c < WIDE; ++c) k[EDGES[e][side]][j][c] += 0.5 * k[CORNERS + e][j][c];
  }
  for (int i = 0; i < NODES; ++i)
    for (int e = 0; e < 6; ++e) {
      if (stays[e] || (i >= CORNERS && !stays[i - CORNERS])) continue;
      for (int side = 0; side < 2; ++side)
        for (int c = 0; c < WIDE; ++c) k[i][EDGES[e][side]][c] += 0.5 * k[i][CORNERS + e][c];
    }
}

/* Add a restricted cell; corner_of gives the linear rows' node of each quadratic one, where there
 * is one. Only of corners the places are known beforehand. */
static int64_t add_coarse(const rows* coarse, const int32_t* own, const int32_t* corner_of,
                          const int32_t* corners, const int32_t* place,
                          double (*restrict k)[NODES][WIDE], const uint8_t* stays) {
  int64_t missing = 0;
  int any = 0;
  for (int i = 0; i < CORNERS; ++i)
    for (int j = 0; j < CORNERS; ++j)
      add_block(coarse, corners[i], corners[j], place[CORNERS * i + j], k[i][j]);
  for (int e = 0; e < 6; ++e) any |= stays[e];
  if (!any) return 0;
  for (int i = 0; i < NODES; ++i)
    for (int j = 0; j < NODES; ++j) {
      if (i < CORNERS && j < CORNERS) continue;
      if ((i >= CORNERS && !stays[i - CORNERS]) || (j >= CORNERS && !stays[j - CORNERS])) continue;
      missing += place_block(coarse, corner_of[own[i]], corner_of[own[j]], k[i][j]);
    }
  return missing;
}

/* Add the tangent of some cells to quadratic and, where given, linear rows.
 *
 * density: times the factor of displacements in inertia, by cell, or NULL; mass is that of the
 * reference cell. nodes and places are by cell, of all cells. Returns how many blocks have no
 * place, or -1 where a cell has more points or values than there is room for. */
int64_t add_cells(void* kernel, int64_t count, const int32_t* cells, const geometry* g,
                  int fields, const field* field_list, const double* density, const double* mass,
                  const rows* fine, const int32_t* fine_nodes, const int32_t* fine_places,
                  const rows* coarse, const int32_t* coarse_nodes, const int32_t* coarse_places,
                  const int32_t* corner_of) {
  double x[3 * CORNERS], w[MOST_VALUES], derivative[81 * MOST_POINTS];
  double slopes[MOST_POINTS][NODES][3], k[NODES][NODES][WIDE];
  uint8_t stays[NODES - CORNERS];
  int64_t missing = 0;
  if (g->points > MOST_POINTS) return -1;
  int values = 0;
  for (int f = 0; f < fields; ++f) values += field_list[f].per_cell * field_list[f].block;
  if (values > MOST_VALUES) return -1;
  for (int64_t n = 0; n < count; ++n) {
    const int64_t cell = cells[n];
    read_cell(cells[n], g, fields, field_list, x, w);
    const double volume = slopes_of(g, x, slopes);
    memset(derivative, 0, sizeof(double) * 81 * g->points);
    TABULATE(((tabulate)kernel), derivative, w, x);
    contract(g, volume, slopes, derivative, k);
    if (density) add_mass(density[cell] * volume, mass, k);
    const int32_t* own = fine_nodes + NODES * cell;
    const int32_t* place = fine_places + NODES * NODES * cell;
    for (int i = 0; i < NODES; ++i)
      for (int j = 0; j < NODES; ++j) add_block(fine, own[i], own[j], place[NODES * i + j], k[i][j]);
    if (!coarse) continue;
    for (int e = 0; e < NODES - CORNERS; ++e) stays[e] = fine->held[own[CORNERS + e]];
    to_corners(k, stays);
    missing += add_coarse(coarse, own, corner_of, coarse_nodes + CORNERS * cell,
                          coarse_places + CORNERS * CORNERS * cell, k, stays);
  }
  return missing;
}

/* Places of all pairs of nodes of each group; returns how many have none. */
int64_t find_places(const rows* m, int64_t count, int width, const int32_t* nodes,
                    int32_t* places) {
  int64_t missing = 0;
  for (int64_t n = 0; n < count; ++n)
    for (int i = 0; i < width; ++i)
      for (int j = 0; j < width; ++j) {
        const int64_t place = find(m, nodes[n * width + i], nodes[n * width + j]);
        places[(n * width + i) * width + j] = (int32_t)place;
        missing += place < 0;
      }
  return missing;
}

enum { ALL = 6, THREE = 3 };

/* Restrict the block of two facets to linear elements, in place; i are its rows, j its columns. */
static void facet_to_corners(double (*restrict k)[ALL][9], const rows* fine, const int32_t* i,
                             const int32_t* j) {
  for (int edge = 0; edge < THREE; ++edge)
    for (int c = 0; c < THREE; ++c) {
      if (c == edge || fine->held[i[THREE + edge]]) continue;
      for (int b = 0; b < ALL; ++b)
        for (int m = 0; m < 9; ++m) k[c][b][m] += 0.5 * k[THREE + edge][b][m];
    }
  for (int a = 0; a < ALL; ++a)
    for (int edge = 0; edge < THREE; ++edge)
      for (int c = 0; c < THREE; ++c) {
        if (c == edge || fine->held[j[THREE + edge]]) continue;
        for (int m = 0; m < 9; ++m) k[a][c][m] += 0.5 * k[a][THREE + edge][m];
      }
}

/* Add contact: rectangles (count, 18 high, 18 wide) between the nodes of facets, three corners and
 * the edges opposite to them; returns how many blocks have no place. Zero blocks need none. */
int64_t add_facets(int64_t count, int high, int wide, const int32_t* row_nodes,
                   const int32_t* column_nodes, const double* values, const rows* fine,
                   const rows* coarse, const int32_t* corner_of) {
  int64_t missing = 0;
  for (int64_t n = 0; n < count * high * wide; ++n) {
    const int64_t group = n / (high * wide);
    const int one = (int)(n / wide % high), two = (int)(n % wide);
    const int32_t* i = row_nodes + ALL * (group * high + one);
    const int32_t* j = column_nodes + ALL * (group * wide + two);
    const double* from = values + 324 * (group * high * wide + one * wide) + 18 * two;
    double k[ALL][ALL][9];
    for (int a = 0; a < 18; ++a)
      for (int b = 0; b < 18; ++b) k[a / 3][b / 3][3 * (a % 3) + b % 3] = from[18 * wide * a + b];
    for (int a = 0; a < ALL; ++a)
      for (int b = 0; b < ALL; ++b) missing += place_block(fine, i[a], j[b], k[a][b]);
    if (!coarse) continue;
    facet_to_corners(k, fine, i, j);
    for (int a = 0; a < ALL; ++a)
      for (int b = 0; b < ALL; ++b) {
        if (corner_of[i[a]] < 0 || corner_of[j[b]] < 0) continue;
        missing += place_block(coarse, corner_of[i[a]], corner_of[j[b]], k[a][b]);
      }
  }
  return missing;
}
