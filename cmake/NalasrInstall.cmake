# What `cmake --install` puts where, in components that CPack makes packages of: runtime (the program), opencv (its module
# for further formats), dev (library, headers, CMake package, pkg-config file).
include(CMakePackageConfigHelpers)

install(TARGETS nalasr RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
file(GLOB bundled_models CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/*.safetensors
     ${PROJECT_SOURCE_DIR}/models/manifest.json)
install(FILES ${bundled_models} DESTINATION ${CMAKE_INSTALL_DATADIR}/nalasr/models COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/resources/man/nalasr.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
set(completions ${PROJECT_SOURCE_DIR}/resources/completions)
install(FILES ${completions}/nalasr.bash RENAME nalasr COMPONENT runtime
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_nalasr DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT runtime)
install(FILES ${completions}/nalasr.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/nalasr
        COMPONENT runtime)
if(TARGET nalasr_opencv)
  install(TARGETS nalasr_opencv LIBRARY DESTINATION lib/nalasr COMPONENT opencv)  # find_module() looks here
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/nalasr-opencv
          COMPONENT opencv)
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/nalasr)
install(TARGETS nalasr_core EXPORT nalasr_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/nalasr DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
set_target_properties(nalasr_core PROPERTIES EXPORT_NAME core)
install(EXPORT nalasr_targets NAMESPACE nalasr:: FILE nalasrTargets.cmake DESTINATION ${package_folder} COMPONENT dev)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/nalasrConfig.cmake.in ${PROJECT_BINARY_DIR}/nalasrConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nalasrConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nalasrConfig.cmake ${PROJECT_BINARY_DIR}/nalasrConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT dev)
set(pc_lcms2 "")
if(LCMS2_INCLUDE_DIR AND LCMS2_LIBRARY)
  set(pc_lcms2 " lcms2")
endif()
set(pc_cuda "")
if(NALASR_HAS_CUDA)
  find_library(NALASR_CUDART cudart_static HINTS ${CMAKE_CUDA_IMPLICIT_LINK_DIRECTORIES}
               ${CMAKE_CUDA_HOST_IMPLICIT_LINK_DIRECTORIES})
  set(pc_cuda " ${NALASR_CUDART} -lrt")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/nalasr.pc.in ${PROJECT_BINARY_DIR}/nalasr.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/nalasr.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libnalasr-dev
        COMPONENT dev)
