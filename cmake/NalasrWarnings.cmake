# Warnings and sanitizers of our own targets; third-party headers come in as SYSTEM.
function(nalasr_target target)
  # GCC 12 sees overlapping copies in std::string concatenation and overflows in std::vector insertion that are not
  # there (its bugs 105651 and 105329): the first is silenced, the second stays a warning.
  set(cxx_options -Wall -Wextra -Wshadow -Wpedantic -Wnon-virtual-dtor
                  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                  $<$<BOOL:${NALASR_WERROR}>:-Werror>
                  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=stringop-overflow>)
  set(cuda_options -Xcompiler=-Wall,-Wextra $<$<BOOL:${NALASR_WERROR}>:--Werror=all-warnings>)
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${cxx_options}>"
                                           "$<$<COMPILE_LANGUAGE:CUDA>:${cuda_options}>")
  if(NALASR_SANITIZE)
    string(REPLACE ";" "," sanitizers "${NALASR_SANITIZE}")
    target_compile_options(${target} PUBLIC "$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${sanitizers};-fno-omit-frame-pointer>")
    target_link_options(${target} PUBLIC -fsanitize=${sanitizers})
  endif()
endfunction()
