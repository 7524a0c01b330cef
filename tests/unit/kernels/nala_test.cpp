// The NaLa operator: CPU kernels against the float64 reference, and the properties that the paper promises.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "kernels/cpu/nala.h"
#include "kernels/reference/nala_reference.h"
#include "nn/safetensors.h"
#include "source_folder.h"

namespace nalasr {
namespace {

struct Qkv {
  NalaParams params;
  int height, width;
  std::vector<float> q, k, v;

  Qkv(DirectionMap map, int heads, int d, int h, int w, unsigned seed) : height(h), width(w) {
    params.heads = heads;
    params.head_dim = d;
    params.direction_map = map;
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    for (auto* t : {&q, &k, &v}) {
      t->resize(static_cast<std::size_t>(heads) * h * w * d);
      for (float& x : *t) x = normal(generator);
    }
  }
  [[nodiscard]] std::vector<double> reference(std::vector<double>* attention = nullptr) const {
    const auto wide = [](const std::vector<float>& t) { return std::vector<double>(t.begin(), t.end()); };
    std::vector<double> o(q.size());
    reference::nala_attention(params, height, width, wide(q).data(), wide(k).data(), wide(v).data(), o.data(),
                              attention);
    return o;
  }
  [[nodiscard]] std::vector<float> cpu(int strip_rows, int threads) const {
    ThreadPool pool(threads);
    std::vector<float> o(q.size(), std::numeric_limits<float>::quiet_NaN());
    cpu::nala_attention(params, height, width, q.data(), k.data(), v.data(), o.data(), strip_rows, pool);
    return o;
  }
};

double relative_error(const std::vector<float>& a, const std::vector<double>& b) {
  double error = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) error += (a[i] - b[i]) * (a[i] - b[i]), norm += b[i] * b[i];
  return std::sqrt(error / norm);
}

const DirectionMap kMaps[] = {DirectionMap::cosine, DirectionMap::relu_split};

TEST(Nala, CpuEqualsReference) {
  for (const DirectionMap map : kMaps)
    for (const int d : {4, 12, 16, 20, 32, 48, 64})
      for (const auto& [h, w] : {std::pair{1, 1}, {1, 53}, {61, 1}, {7, 13}, {5, 200}}) {
        const Qkv data(map, 2, d, h, w, d * 1000 + w);
        EXPECT_LT(relative_error(data.cpu(3, 2), data.reference()), 1e-6) << "d " << d << ", " << w << "x" << h;
      }
}

TEST(Nala, WithoutRotaryEmbedding) {
  for (const DirectionMap map : kMaps) {
    Qkv data(map, 2, 20, 7, 53, 8);
    const std::vector<double> turned = data.reference();
    data.params.rotary = RotaryEmbedding::none;
    EXPECT_LT(relative_error(data.cpu(3, 2), data.reference()), 1e-6);
    EXPECT_GT(relative_error(data.cpu(3, 2), turned), 1e-2);
  }
}

/// Sides up to the span are as without one; a longer side is counted in fractions, on either axis by itself.
TEST(Nala, SidesBeyondTheRotarySpan) {
  for (const DirectionMap map : kMaps)
    for (const auto& [h, w] : {std::pair{7, 53}, {53, 7}, {40, 40}}) {
      Qkv data(map, 2, 20, h, w, 9);
      const std::vector<double> counted = data.reference();
      data.params.rotary_span = 53;
      EXPECT_EQ(data.reference(), counted);
      data.params.rotary_span = 10;
      EXPECT_LT(relative_error(data.cpu(3, 2), data.reference()), 1e-6) << w << "x" << h;
      EXPECT_GT(relative_error(data.cpu(3, 2), counted), 1e-2) << w << "x" << h;
    }
}

TEST(Nala, StripsAndThreadsChangeNoBit) {
  const Qkv data(DirectionMap::cosine, 2, 32, 37, 101, 7);
  const std::vector<float> whole = data.cpu(37, 1);
  for (const int rows : {1, 2, 5, 36, 1000})
    for (const int threads : {1, 2, 5}) EXPECT_EQ(data.cpu(rows, threads), whole) << rows << " rows";
}

TEST(Nala, ZeroQueryGivesZero) {
  for (const DirectionMap map : kMaps) {
    Qkv data(map, 1, 32, 4, 5, 3);
    std::fill_n(&data.q[7 * 32], 32, 0.0f);
    const std::vector<float> o = data.cpu(2, 1);
    for (int c = 0; c < 32; ++c) EXPECT_EQ(o[7 * 32 + c], 0.0f);
    EXPECT_LT(relative_error(o, data.reference()), 1e-6);
  }
}

TEST(Nala, ZeroKeysAndSingleTokensAreFinite) {
  Qkv data(DirectionMap::cosine, 1, 32, 3, 3, 4);
  std::fill(data.k.begin(), data.k.end(), 0.0f);
  for (const float o : data.cpu(1, 1)) EXPECT_EQ(o, 0.0f);
}

TEST(Nala, HugeKeysAndQueriesAreFiniteAndRight) {
  for (const DirectionMap map : kMaps) {
    // Cubes of these overflow float32 (and those above 40 float16); a common factor cancels in o.
    for (const float factor : {50.0f, 1e6f, 1e12f, 1e30f}) {
      Qkv data(map, 2, 32, 6, 50, 5);
      for (float& k : data.k) k *= factor;
      for (int c = 0; c < 32; ++c) data.q[3 * 32 + c] *= 1e37f;
      EXPECT_LT(relative_error(data.cpu(2, 2), data.reference()), 2e-6) << factor;
    }
    Qkv mixed(map, 1, 32, 6, 50, 6);
    for (int c = 0; c < 32; ++c) mixed.k[17 * 32 + c] *= 1e30f;
    for (const float o : mixed.cpu(2, 2)) EXPECT_TRUE(std::isfinite(o));
  }
}

/// Every term |d(q)|^p |k|^λ cos(θ_q − θ_k) is ≥ 0, so the similarity of any query and key is.
TEST(NalaProperty, SimilarityIsNonNegative) {
  std::mt19937 generator(11);
  std::normal_distribution<double> normal;
  for (const DirectionMap map : kMaps) {
    NalaParams p;
    p.direction_map = map;
    for (int trial = 0; trial < 2000; ++trial) {
      std::vector<double> q(32), k(32);
      for (double& x : q) x = normal(generator) * std::exp(normal(generator));
      for (double& x : k) x = normal(generator) * std::exp(normal(generator));
      if (trial % 3 == 0)
        for (int c = 0; c < 32; ++c) k[c] = -q[c];  // opposite directions: the hardest case
      const std::vector<double> a = reference::feature_map(p, q.data(), true);
      const std::vector<double> b = reference::feature_map(p, k.data(), false);
      for (int c = 0; c < 32; ++c) {
        const double term = a[c] * b[c] + a[32 + c] * b[32 + c];
        EXPECT_GE(term, -1e-12 * (1 + std::abs(a[c] * b[c])));
      }
    }
  }
}

/// The paper's point: a larger ‖q‖ of the same direction makes the attention row spikier (lower entropy).
TEST(NalaProperty, LargerQueryNormLowersEntropy) {
  std::mt19937 generator(12);
  std::normal_distribution<double> normal;
  for (const DirectionMap map : kMaps) {
    NalaParams p;
    p.direction_map = map;
    for (int trial = 0; trial < 50; ++trial) {
      std::vector<std::vector<double>> keys(64, std::vector<double>(32));
      for (auto& k : keys)
        for (double& x : k) x = normal(generator);
      std::vector<double> direction(32);
      double norm = 0;
      for (double& x : direction) x = normal(generator), norm += x * x;
      double last = std::numeric_limits<double>::infinity();
      for (const double length : {0.05, 0.3, 0.8, 1.5, 3.0}) {
        std::vector<double> q(32);
        for (int c = 0; c < 32; ++c) q[c] = direction[c] / std::sqrt(norm) * length;
        const std::vector<double> phi = reference::feature_map(p, q.data(), true);
        std::vector<double> weights;
        double sum = 0, entropy = 0;
        for (const auto& k : keys) {
          const std::vector<double> key = reference::feature_map(p, k.data(), false);
          double dot = 0;
          for (int i = 0; i < 64; ++i) dot += phi[i] * key[i];
          weights.push_back(dot);
          sum += dot;
        }
        for (const double w : weights) entropy -= w > 0 ? w / sum * std::log(w / sum) : 0;
        EXPECT_LT(entropy, last) << "length " << length;
        last = entropy;
      }
    }
  }
}

/// Proves which path ran: ctest runs this file once per instruction set (tests/engine.cmake).
TEST(Kernels, InstructionSetIsTheOneAskedFor) {
  const std::map<std::string, std::string> names = {
      {"avx512", "AVX3"}, {"avx2", "AVX2"}, {"sse4", "SSE4"}, {"baseline", "SCALAR"}};
  const char* wanted = std::getenv("NALASR_CPU");
  if (!wanted) GTEST_SKIP() << "NALASR_CPU is not set; running " << cpu::kernels().name;
  if (std::string(wanted) != "bf16") {
    EXPECT_EQ(cpu::kernels().name, names.at(wanted));
    EXPECT_FALSE(cpu::has_bf16());
    return;
  }
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512bf16")) GTEST_SKIP() << "no such instructions; running " << cpu::kernels().name;
  EXPECT_TRUE(cpu::has_bf16());
#endif
}

TEST(NalaGolden, EqualsPyTorch) {
  for (const auto& [name, map] : {std::pair{"nala_cosine", kMaps[0]}, {"nala_relu_split", kMaps[1]}}) {
    const auto file = safetensors::File::read(test::source_folder() + "/tests/golden/" + name + ".safetensors");
    ASSERT_TRUE(file) << file.error().message;
    Qkv data(map, 2, 32, 9, 7, 1);
    data.q = *file->floats("q");
    data.k = *file->floats("k");
    data.v = *file->floats("v");
    const std::vector<double> expected = *file->doubles("o");
    ASSERT_EQ(expected.size(), data.q.size());
    EXPECT_LT(relative_error(data.cpu(4, 2), expected), 1e-6) << name;
    const std::vector<double> reference = data.reference();
    EXPECT_LT(relative_error({reference.begin(), reference.end()}, expected), 1e-6) << name;
  }
}

}  // namespace
}  // namespace nalasr
