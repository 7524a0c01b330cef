#include "image/xmp.h"

#include <string>
#include <string_view>

namespace nalasr {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// Where an attribute's value stands: behind `name`, '=' and a quote. `end` is at the closing quote.
struct Value {
  std::size_t begin = 0, end = 0;
  bool found = false;
};

Value attribute_value(std::string_view text, std::size_t after_name) {
  std::size_t at = skip_space(text, after_name);
  if (at >= text.size() || text[at] != '=') return {};
  at = skip_space(text, at + 1);
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return {};
  const std::size_t end = text.find(text[at], at + 1);
  if (end == std::string_view::npos) return {};
  return {at + 1, end, true};
}

// <prefix:Name ...>value</prefix:Name>; an empty element or one with children is left alone.
Value element_value(std::string_view text, std::size_t after_name) {
  const std::size_t open_end = text.find('>', after_name);
  if (open_end == std::string_view::npos || text[open_end - 1] == '/') return {};
  const std::size_t end = text.find('<', open_end);
  if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != '/') return {};
  return {open_end + 1, end, true};
}

// Replaces the value of the property `name` (with prefix) wherever it stands.
void replace_property(std::string& text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
    const std::size_t after = at + name.size();
    const char before = at > 0 ? text[at - 1] : ' ';
    const bool whole_name = after >= text.size() || !is_name_char(text[after]);
    Value old;
    if (whole_name && before == '<') old = element_value(text, after);
    if (whole_name && is_space(before)) old = attribute_value(text, after);
    if (old.found) {
      text.replace(old.begin, old.end - old.begin, value);
      at = old.begin + value.size();
    } else {
      at = after;
    }
  }
}

// Removes an attribute together with the space before it.
void remove_attribute(std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos || at == 0 || !is_space(text[at - 1])) return;
  const Value old = attribute_value(text, at + name.size());
  if (old.found) text.erase(at - 1, old.end + 1 - (at - 1));
}

// The prefixes bound to a namespace; the customary one is always among them.
std::vector<std::string> prefixes_of(std::string_view text, std::string_view uri, const char* customary) {
  std::vector<std::string> prefixes{customary};
  constexpr std::string_view kBinding = "xmlns:";
  for (std::size_t at = text.find(kBinding); at != std::string_view::npos; at = text.find(kBinding, at)) {
    at += kBinding.size();
    std::size_t end = at;
    while (end < text.size() && is_name_char(text[end])) ++end;
    const Value bound = attribute_value(text, end);
    if (!bound.found || text.substr(bound.begin, bound.end - bound.begin) != uri) continue;
    const std::string prefix(text.substr(at, end - at));
    bool known = prefix.empty() || prefixes.size() >= 8;
    for (const std::string& p : prefixes) known = known || p == prefix;
    if (!known) prefixes.push_back(prefix);
  }
  return prefixes;
}

// UTF-16 and UTF-32 show a zero byte among the first few; those packets can't be edited as UTF-8.
bool is_utf8(std::span<const std::byte> xmp) {
  for (std::size_t i = 0; i < xmp.size() && i < 4; ++i) {
    if (xmp[i] == std::byte{0} || xmp[i] == std::byte{0xFE} || xmp[i] == std::byte{0xFF}) return false;
  }
  return true;
}

}  // namespace

std::vector<std::byte> xmp_for_output(std::span<const std::byte> xmp, int width, int height) {
  if (xmp.empty() || !is_utf8(xmp)) return {};
  std::string text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  for (const std::string& prefix : prefixes_of(text, "http://ns.adobe.com/tiff/1.0/", "tiff")) {
    replace_property(text, prefix + ":Orientation", "1");
    replace_property(text, prefix + ":ImageWidth", std::to_string(width));
    replace_property(text, prefix + ":ImageLength", std::to_string(height));
  }
  for (const std::string& prefix : prefixes_of(text, "http://ns.adobe.com/exif/1.0/", "exif")) {
    replace_property(text, prefix + ":PixelXDimension", std::to_string(width));
    replace_property(text, prefix + ":PixelYDimension", std::to_string(height));
  }
  remove_attribute(text, "xmpNote:HasExtendedXMP");
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

}  // namespace nalasr
