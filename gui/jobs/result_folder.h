// Where results lie until they are saved: a folder of this process that goes with it.
#pragma once

#include <QString>

namespace nalasr::gui {

class ResultFolder {
 public:
  ResultFolder();
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  /// A new name for a result of `input`; the folder is made when it is first needed.
  QString new_file(const QString& input);

 private:
  QString path_;
  int count_ = 0;
};

}  // namespace nalasr::gui
