// NaLa attention in float64, one obvious loop after the other: what every fast kernel is tested against.
#pragma once

#include <vector>

#include "kernels/params.h"

namespace nalasr::reference {

/// φ(x) of one head before rotation, 2d values. `query` chooses φ_q (norm-dependent exponent) or φ_k (cube).
/// Source: NaLaFormer, arXiv 2506.21137, feature maps of section 4; guards as in kernels/params.h.
std::vector<double> feature_map(const NalaParams& p, const double* x, bool query);

/// R: turns each half (d wide) of `features` (2d values) for the token at row y, column x. In place.
void rotate(const NalaParams& p, double* features, double y, double x);

/// o = NaLa(q, k, v) over one picture. q, k, v, o: [heads][height*width][d], row-major tokens.
/// If `attention` is given it receives the matrix of weights of head 0, [N][N] (small pictures only).
void nala_attention(const NalaParams& p, int height, int width, const double* q, const double* k, const double* v,
                    double* o, std::vector<double>* attention = nullptr);

}  // namespace nalasr::reference
