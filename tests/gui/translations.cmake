# No text of the viewer lacks its translation: brings copies of the .ts files up to date and looks for unfinished ones.
#   cmake -DLUPDATE=... -DSOURCE_FOLDER=... -DCOPIES=... -P translations.cmake
file(MAKE_DIRECTORY ${COPIES})
file(GLOB_RECURSE sources ${SOURCE_FOLDER}/gui/*.cpp)
foreach(name nalasr-viewer_it.ts nalasr-viewer_zh_CN.ts)
  configure_file(${SOURCE_FOLDER}/resources/translations/${name} ${COPIES}/${name} COPYONLY)
  execute_process(COMMAND ${LUPDATE} -I . -silent -locations none ${sources} -ts ${COPIES}/${name}
                  WORKING_DIRECTORY ${SOURCE_FOLDER}/gui COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${COPIES}/${name} text)
  if(text MATCHES "type=\"(unfinished|vanished|obsolete)\"")
    message(FATAL_ERROR "${name} is not complete: build the target viewer_lupdate, then translate what is unfinished")
  endif()
endforeach()
