/* SPDX-License-Identifier: MIT
 *
 * MUMPS in single precision, which PETSc of double precision does not reach. The last unknowns stay
 * outside of the factors: their rows and columns are eliminated to a dense block, which the caller
 * completes and solves in double precision.
 */
#include <smumps_c.h>
#include <stdint.h>
#include <stdlib.h>

enum { ANALYSE = 1, FACTORISE = 2, SOLVE = 3, OPEN = -1, CLOSE = -2 };
enum { METIS = 5, GIVEN = 1, NO_MEMORY = -13 };
_Static_assert(sizeof(MUMPS_INT) == sizeof(int32_t), "MUMPS of wide integers reads other arrays");
#define CONTROL(f, i) ((f)->icntl[(i) - 1])

/* With outer unknowns MUMPS falls back on an ordering that leaves a quarter more in its factors:
 * find that of the whole first, and go on with it, the outer unknowns last. First rank. */
static int order(SMUMPS_STRUC_C* f, int64_t outer_count, const int32_t* outer) {
  const MUMPS_INT n = f->n;
  MUMPS_INT* rank = malloc((size_t)n * sizeof *rank);
  MUMPS_INT* at = malloc((size_t)n * sizeof *at);
  char* last = calloc((size_t)n, 1);
  const int ready = rank && at && last;
  if (ready) {
    for (MUMPS_INT i = 0; i < n; ++i) at[f->sym_perm[i] - 1] = i;
    for (int64_t k = 0; k < outer_count; ++k) last[outer[k] - 1] = 1;
    MUMPS_INT place = 0;
    for (MUMPS_INT k = 0; k < n; ++k)
      if (!last[at[k]]) rank[at[k]] = ++place;
    for (int64_t k = 0; k < outer_count; ++k) rank[outer[k] - 1] = ++place;
    f->perm_in = rank;
  }
  free(at);
  free(last);
  return ready;
}

/* Analyse the pattern: count entries of this rank, by rows and columns from one, of which several
 * may stand in one place, and numbers of the outer unknowns, the last of all. All of them must
 * outlive what is made.
 * Returns MUMPS' word for success or failure, negative where it failed. */
int64_t factor_open(void** made, int communicator, int64_t size, int64_t count, int32_t* row,
                    int32_t* column, int64_t outer_count, int32_t* outer, float* dense, int first) {
  SMUMPS_STRUC_C* f = calloc(1, sizeof *f);
  if (!f) return NO_MEMORY;
  *made = f;
  f->comm_fortran = communicator;
  f->par = 1;
  f->job = OPEN;
  smumps_c(f);
  if (f->infog[0] < 0) return f->infog[0];
  for (int stream = 1; stream <= 3; ++stream) CONTROL(f, stream) = -1;
  CONTROL(f, 4) = 0;
  CONTROL(f, 6) = 0; /* no permutation of columns: the diagonal is strong */
  CONTROL(f, 7) = METIS;
  CONTROL(f, 8) = 0; /* scaling costs an eighth of a factorisation, and gains nothing */
  CONTROL(f, 18) = 3; /* entries from all ranks */
  f->n = (MUMPS_INT)size;
  f->nnz_loc = count;
  f->irn_loc = row;
  f->jcn_loc = column;
  f->job = ANALYSE;
  smumps_c(f);
  if (f->infog[0] < 0) return f->infog[0];
  if (first && !order(f, outer_count, outer)) return NO_MEMORY;
  CONTROL(f, 7) = GIVEN;
  CONTROL(f, 19) = 1;
  f->size_schur = (MUMPS_INT)outer_count;
  f->listvar_schur = outer;
  f->schur = dense;
  smumps_c(f);
  free(f->perm_in);
  f->perm_in = NULL;
  return f->infog[0];
}

/* Factorise values in the order of the pattern, with room for more than the analysis foresees. */
int64_t factor_renew(void* made, float* values, int percent) {
  SMUMPS_STRUC_C* f = made;
  f->a_loc = values;
  CONTROL(f, 14) = percent;
  f->job = FACTORISE;
  smumps_c(f);
  return f->infog[0];
}

/* Half of a solve: of a right-hand side to that of the outer unknowns (half 1), or from their
 * solution to all (half 2), in place; arrays of the first rank. */
int64_t factor_solve(void* made, int half, float* values, float* outer) {
  SMUMPS_STRUC_C* f = made;
  f->rhs = values;
  f->redrhs = outer;
  f->lredrhs = f->size_schur;
  f->nrhs = 1;
  f->lrhs = f->n;
  CONTROL(f, 26) = half;
  f->job = SOLVE;
  smumps_c(f);
  return f->infog[0];
}

/* Give back all memory. */
void factor_close(void* made) {
  SMUMPS_STRUC_C* f = made;
  f->job = CLOSE;
  smumps_c(f);
  free(f);
}
