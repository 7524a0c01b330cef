// Result<T>: a value, or an Error that says what went wrong and what to do about it.
//
//     nalasr::Result<nalasr::Plan> plan = nalasr::make_plan(request);
//     if (!plan) { std::cerr << plan.error().message << "; " << plan.error().hint << '\n'; return 1; }
//     use(*plan);
//
// The library never prints and never aborts: every failure that a caller can meet arrives as an Error.
// Thread safety: plain values, no shared state.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace nalasr {

/// What kind of failure it was; the command line maps these to exit codes.
enum class ErrorCode {
  invalid_argument,    ///< the request itself is wrong (option, size, scale)
  not_found,           ///< a file or model does not exist
  io,                  ///< reading or writing failed (disk full, permission)
  corrupt,             ///< the file's content is damaged or hostile
  unsupported,         ///< a valid file of a kind that this build does not handle
  out_of_memory,       ///< the budget or the machine has too little memory
  device_unavailable,  ///< the device was asked for but is not there
  cancelled,           ///< the caller asked to stop
  internal,            ///< a bug in this program
};

/// A failure: `message` is one line without the path, `hint` says what to do (may be empty).
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string hint;
};

/// Success with a value of type T, or an Error.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& operator*() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T* operator->() {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  const T* operator->() const {
    assert(ok());
    return std::get_if<0>(&state_);
  }

  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const {
    assert(!ok_);
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace nalasr
