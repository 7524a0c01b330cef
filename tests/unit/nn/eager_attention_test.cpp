// The LibTorch attention against golden values of the training package and against the quadratic form of the same
// mathematics, written out token by token.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "nn/safetensors.h"
#include "nn/spec.h"
#include "nn/torch/eager_network.h"
#include "source_folder.h"

namespace nalasr::eager {
namespace {

using Vector = std::vector<double>;

struct Problem {
  ModelSpec spec;
  int height = 0, width = 0;
  std::vector<float> q, k, v;  // [heads, N, d]
};

Problem make_problem(int heads, int d, int height, int width, DirectionMap map, unsigned seed) {
  Problem problem;
  problem.spec.dim = heads * d;
  problem.spec.heads = heads;
  problem.spec.direction_map = map;
  problem.spec.blocks = 1;
  problem.spec.scopes.resize(1);
  problem.height = height;
  problem.width = width;
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (auto* values : {&problem.q, &problem.k, &problem.v}) {
    for (int i = 0; i < heads * height * width * d; ++i) values->push_back(normal(random));
  }
  std::fill_n(problem.q.begin(), d, 0.0f);  // a query without direction
  return problem;
}

double norm_of(const Vector& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

// Features [2d] of one token; power(i) is the magnitude of channel i.
template <typename Magnitude>
Vector features(const Vector& x, const ModelSpec& spec, Magnitude magnitude) {
  const std::size_t d = x.size();
  const double norm = std::max(norm_of(x), 1e-6);
  Vector phi(2 * d);
  for (std::size_t i = 0; i < d; ++i) {
    if (spec.direction_map == DirectionMap::cosine) {
      const double theta = std::numbers::pi / 4 * std::tanh(spec.alpha * x[i] / norm);
      phi[i] = magnitude(i) * std::cos(theta);
      phi[d + i] = magnitude(i) * std::sin(theta);
    } else {
      phi[i] = x[i] > 0 ? magnitude(i) : 0;
      phi[d + i] = x[i] < 0 ? magnitude(i) : 0;
    }
  }
  return phi;
}

Vector query_features(const Vector& q, const ModelSpec& spec) {
  const double norm = norm_of(q), power = spec.lambda * (spec.tau + std::tanh(norm));
  return features(q, spec, [&](std::size_t i) { return std::pow(std::abs(q[i]) / std::max(norm, 1e-6), power); });
}

Vector key_features(const Vector& k, const ModelSpec& spec) {
  return features(k, spec, [&](std::size_t i) { return std::pow(std::abs(k[i]), spec.lambda); });
}

// The dot product of x, turned by the rotary embedding of `dy` rows and `dx` columns, with y. What counts is the
// difference of two positions, as R(a)^T R(b) = R(b - a).
double turned_dot(const Vector& x, const Vector& y, std::size_t d, double dy, double dx, double base) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const std::size_t pair = i % d / 2, count = d / 4, index = pair % count;
    const double exponent = count > 1 ? static_cast<double>(index) / static_cast<double>(count - 1) : 0;
    const double angle = (pair < count ? dy : dx) * std::pow(base, -exponent);
    sum += (x[i] * std::cos(angle) - x[i + 1] * std::sin(angle)) * y[i];
    sum += (x[i + 1] * std::cos(angle) + x[i] * std::sin(angle)) * y[i + 1];
  }
  return sum;
}

Vector token(const std::vector<float>& x, const Problem& problem, int head, int n) {
  const int d = problem.spec.head_dim();
  const auto begin = x.begin() + (static_cast<std::ptrdiff_t>(head) * problem.height * problem.width + n) * d;
  return {begin, begin + d};
}

// sees(n, m): whether token n attends to token m; similarity(q, k, dy, dx) gives {numerator weight, denominator
// weight}; extra is added to the denominator.
template <typename Sees, typename Similarity>
Vector quadratic(const Problem& problem, Sees sees, double extra, Similarity similarity) {
  const int d = problem.spec.head_dim(), width = problem.width, tokens = problem.height * width;
  Vector out;
  for (int head = 0; head < problem.spec.heads; ++head) {
    for (int n = 0; n < tokens; ++n) {
      const Vector q = token(problem.q, problem, head, n);
      Vector sum(static_cast<std::size_t>(d));
      double denominator = extra;
      for (int m = 0; m < tokens; ++m) {
        if (!sees(n, m)) continue;
        const auto [up, down] =
            similarity(q, token(problem.k, problem, head, m), m / width - n / width, m % width - n % width);
        const Vector v = token(problem.v, problem, head, m);
        for (std::size_t i = 0; i < v.size(); ++i) sum[i] += up * v[i];
        denominator += down;
      }
      for (const double value : sum) out.push_back(value / denominator);
    }
  }
  return out;
}

Vector quadratic_nala(const Problem& problem) {
  const ModelSpec& spec = problem.spec;
  const AttentionScope scope = spec.scopes.back();
  const int shift = window_shift(spec, spec.blocks - 1), width = problem.width;
  const auto sees = [&](int n, int m) {
    if (scope.is_global()) return true;
    const int side = std::max(scope.window, scope.cell), reach = scope.cell > 0 ? 1 : 0;
    const auto apart = [&](int a, int b) { return std::abs((a + shift) / side - (b + shift) / side); };
    return apart(n / width, m / width) <= reach && apart(n % width, m % width) <= reach;
  };
  // The normaliser is a mean: its epsilon counts once a token. A window's are all of its tokens, in the picture or not.
  const double tokens = scope.is_global() ? problem.height * width : scope.window * scope.window;
  const double each = scope.cell > 0 ? 1e-6 : 0;
  return quadratic(problem, sees, 1e-6 * tokens, [&](const Vector& q, const Vector& k, int dy, int dx) {
    const Vector phi_q = query_features(q, spec), phi_k = key_features(k, spec);
    const auto d = static_cast<std::size_t>(spec.head_dim());
    const auto counted = [&](int steps, int side) {
      const bool fractions = scope.is_global() && spec.rotary_span > 0;
      return steps * (fractions ? std::min(1.0, spec.rotary_span / static_cast<double>(side)) : 1.0);
    };
    const double down = counted(dy, problem.height), right = counted(dx, width);
    return std::pair(turned_dot(phi_k, phi_q, d, down, right, spec.rotary_base),
                     turned_dot(phi_k, phi_q, d, 0, 0, spec.rotary_base) + each);
  });
}

double largest_difference(const Vector& a, const Vector& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;  // NaN counts
  }
  return largest;
}

Vector nala(const Problem& problem, Precision precision = Precision::fp64) {
  const auto o = nala_attention(problem.spec, problem.spec.blocks - 1, problem.height, problem.width, problem.q,
                                problem.k, problem.v, {.precision = precision});
  EXPECT_TRUE(o) << o.error().message;
  return o ? *o : Vector();
}

constexpr DirectionMap kMaps[] = {DirectionMap::cosine, DirectionMap::relu_split};

TEST(EagerNala, AgreesWithGoldenValuesOfTheTrainingPackage) {
  for (const DirectionMap map : kMaps) {
    const std::string name = map == DirectionMap::cosine ? "nala_cosine" : "nala_relu_split";
    const auto file = safetensors::File::read(test::source_folder() + "/tests/golden/" + name + ".safetensors");
    ASSERT_TRUE(file) << file.error().message;
    Problem problem = make_problem(2, 32, 9, 7, map, 1);
    problem.q = *file->floats("q");
    problem.k = *file->floats("k");
    problem.v = *file->floats("v");
    const Vector golden = *file->doubles("o");
    EXPECT_LT(largest_difference(nala(problem), golden), 2e-7) << name;  // the golden values are float32
    EXPECT_LT(largest_difference(nala(problem, Precision::fp32), golden), 2e-5) << name;
    EXPECT_LT(largest_difference(nala(problem, Precision::bf16), golden), 0.2) << name;
  }
}

TEST(EagerNala, AgreesWithTheQuadraticForm) {
  for (const DirectionMap map : kMaps) {
    for (const auto& [height, width] : {std::pair(1, 1), std::pair(1, 9), std::pair(8, 1), std::pair(7, 5)}) {
      for (const int d : {4, 8, 12}) {
        const Problem problem = make_problem(2, d, height, width, map, 3);
        EXPECT_LT(largest_difference(nala(problem), quadratic_nala(problem)), 1e-10)
            << height << "x" << width << " d " << d;
      }
    }
  }
}

TEST(EagerNala, SidesBeyondTheRotarySpanCountInFractions) {
  for (const auto& [height, width] : {std::pair(3, 9), std::pair(9, 3), std::pair(7, 8)}) {
    Problem problem = make_problem(2, 8, height, width, DirectionMap::cosine, 9);
    const Vector counted = nala(problem);
    problem.spec.rotary_span = 4;
    EXPECT_LT(largest_difference(nala(problem), quadratic_nala(problem)), 1e-10) << height << "x" << width;
    EXPECT_GT(largest_difference(nala(problem), counted), 1e-3);
    problem.spec.rotary_span = 9;
    EXPECT_EQ(nala(problem), counted);
  }
}

/// Without rotary embedding a token's place does not matter: reversed inputs give reversed outputs.
TEST(EagerNala, WithoutRotaryEmbeddingPlacesDoNotMatter) {
  for (const DirectionMap map : kMaps) {
    Problem problem = make_problem(1, 8, 5, 7, map, 6);
    const Vector turned = nala(problem);
    problem.spec.rotary = RotaryEmbedding::none;
    const Vector forward = nala(problem);
    EXPECT_GT(largest_difference(forward, turned), 1e-3);
    for (std::vector<float>* x : {&problem.q, &problem.k, &problem.v}) {
      std::vector<float> reversed;
      for (std::size_t n = x->size() / 8; n-- > 0;)
        reversed.insert(reversed.end(), x->begin() + static_cast<std::ptrdiff_t>(8 * n),
                        x->begin() + static_cast<std::ptrdiff_t>(8 * n + 8));
      *x = reversed;
    }
    const Vector backward = nala(problem);
    double largest = 0;
    for (std::size_t n = 0; n < forward.size() / 8; ++n)
      for (std::size_t c = 0; c < 8; ++c)
        largest = std::max(largest, std::abs(forward[8 * n + c] - backward[forward.size() - 8 * (n + 1) + c]));
    EXPECT_LT(largest, 1e-12);
  }
}

TEST(EagerNala, WindowsAreNalaWithinEachWindow) {
  for (const DirectionMap map : kMaps) {
    for (const int window : {1, 3, 4, 16}) {
      for (const int blocks : {1, 2}) {  // the second windowed block is shifted
        Problem problem = make_problem(1, 8, 7, 10, map, 4);
        problem.spec.blocks = blocks;
        problem.spec.scopes.assign(static_cast<std::size_t>(blocks), AttentionScope{window});
        EXPECT_LT(largest_difference(nala(problem), quadratic_nala(problem)), 1e-10)
            << "window " << window << " block " << blocks;
      }
    }
  }
}

TEST(EagerNala, AroundIsNalaOverTheCellsThatATokenSees) {
  for (const DirectionMap map : kMaps) {
    for (const auto& [height, width] : {std::pair(7, 13), std::pair(13, 8), std::pair(1, 9)}) {
      for (const int cell : {1, 3, 4}) {
        Problem problem = make_problem(2, 8, height, width, map, 8);
        problem.spec.scopes = {AttentionScope{.cell = cell}};
        problem.spec.rotary_span = 12;  // shorter than a side, but positions within reach count as they are
        EXPECT_LT(largest_difference(nala(problem), quadratic_nala(problem)), 1e-10)
            << height << "x" << width << " cell " << cell;
      }
    }
  }
}

TEST(EagerNala, CellsThatSeeTheWholePictureAreTheGlobalForm) {
  for (const RotaryEmbedding rotary : {RotaryEmbedding::axial, RotaryEmbedding::none}) {
    Problem problem = make_problem(2, 8, 5, 9, DirectionMap::cosine, 10);
    problem.spec.rotary = rotary;
    const Vector whole = nala(problem), single = nala(problem, Precision::fp32);
    for (const int cell : {5, 9, 40}) {
      problem.spec.scopes = {AttentionScope{.cell = cell}};
      EXPECT_LT(largest_difference(nala(problem), whole), 1e-12) << "cell " << cell;
      EXPECT_LT(largest_difference(nala(problem, Precision::fp32), single), 1e-5) << "cell " << cell;
    }
  }
}

TEST(EagerNala, ExtremeInputsStayFinite) {
  for (const DirectionMap map : kMaps) {
    Problem problem = make_problem(2, 8, 3, 3, map, 5);
    std::fill(problem.q.begin(), problem.q.end(), 0.0f);
    for (float& k : problem.k) k *= 1000;  // 1e9 cubed: too much for float16, fine in float32
    for (const Precision precision : {Precision::fp64, Precision::fp32}) {
      for (const double value : nala(problem, precision)) EXPECT_TRUE(std::isfinite(value));
    }
    std::fill(problem.k.begin(), problem.k.end(), 0.0f);
    for (const double value : nala(problem)) EXPECT_EQ(value, 0);
  }
}

TEST(EagerSoftmax, AgreesWithTheQuadraticForm) {
  for (const auto& [height, width] : {std::pair(1, 1), std::pair(6, 7)}) {
    const Problem problem = make_problem(3, 8, height, width, DirectionMap::cosine, 6);
    const auto all = [](int, int) { return true; };
    const Vector expected = quadratic(problem, all, 0.0, [&](const Vector& q, const Vector& k, int dy, int dx) {
      const double weight = std::exp(turned_dot(k, q, 8, dy, dx, problem.spec.rotary_base) / std::sqrt(8.0));
      return std::pair(weight, weight);
    });
    const auto o = softmax_attention(problem.spec, height, width, problem.q, problem.k, problem.v);
    ASSERT_TRUE(o) << o.error().message;
    EXPECT_LT(largest_difference(*o, expected), 1e-12);
    const auto single = softmax_attention(problem.spec, height, width, problem.q, problem.k, problem.v, {});
    ASSERT_TRUE(single) << single.error().message;
    EXPECT_LT(largest_difference(*single, expected), 1e-5);
  }
}

TEST(EagerNala, WrongSizesAreErrors) {
  const Problem good = make_problem(1, 8, 3, 3, DirectionMap::cosine, 7);
  EXPECT_EQ(nala_attention(good.spec, 0, 3, 4, good.q, good.k, good.v).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(nala_attention(good.spec, 0, 0, 3, {}, {}, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(nala_attention(good.spec, 1, 3, 3, good.q, good.k, good.v).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(softmax_attention(good.spec, 2, 3, good.q, good.k, good.v).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace nalasr::eager
