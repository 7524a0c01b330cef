# Warnings and sanitizers of our own targets; third-party headers come in as SYSTEM.
function(nalasr_target target)
  # GCC 12 sees overlapping copies in std::string concatenation that are not there (its bug 105651): -Wno-restrict.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -Wall -Wextra -Wshadow -Wpedantic -Wnon-virtual-dtor
                                           $<$<BOOL:${NALASR_WERROR}>:-Werror>)
  if(NALASR_SANITIZE)
    string(REPLACE ";" "," sanitizers "${NALASR_SANITIZE}")
    target_compile_options(${target} PUBLIC -fsanitize=${sanitizers} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${sanitizers})
  endif()
endfunction()
