// What is kept and shown of a picture, without widgets: pyramid, loader, interpolated pictures, viewport.
#include <QBuffer>
#include <QSignalSpy>
#include <QTest>

#include "document/picture_loader.h"
#include "document/picture_sources.h"
#include "gui/gui_support.h"
#include "view/viewport.h"

namespace nalasr::gui::test {

class DocumentTest : public QObject {
  Q_OBJECT

 private slots:
  void pyramid_keeps_pixels_and_halves();
  void pyramid_of_odd_sizes();
  void pyramid_takes_less_than_one_and_a_half_pictures();
  void loader_applies_orientation();
  void loader_tells_what_is_wrong();
  void interpolated_picture_matches_stored_one_where_nearest();
  void viewport_zooms_at_the_cursor();
  void viewport_links_sizes();
};

void DocumentTest::pyramid_keeps_pixels_and_halves() {
  Pyramid pyramid(QSize(600, 520), 3);
  std::vector<std::uint8_t> row(600 * 3);
  for (int y = 0; y < 520; ++y) {
    QCOMPARE(pyramid.ready_rows(0), y);
    for (int i = 0; i < 600 * 3; ++i) row[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i / 3 + y);
    pyramid.append_row(row.data());
  }
  QCOMPARE(pyramid.level_count(), 3);
  QCOMPARE(pyramid.level_size(2), QSize(150, 130));
  std::uint8_t pixels[6];
  pyramid.copy_pixels(0, 255, 300, 2, pixels);  // across two tiles
  QCOMPARE(pixels[0], static_cast<std::uint8_t>(255 + 300));
  QCOMPARE(pixels[3], static_cast<std::uint8_t>(256 + 300));
  pyramid.copy_pixels(1, 10, 20, 1, pixels);  // mean of 60, 61, 61, 62
  QCOMPARE(pixels[0], std::uint8_t{61});
}

void DocumentTest::pyramid_of_odd_sizes() {
  for (const QSize size : {QSize(1, 1), QSize(1, 700), QSize(257, 3), QSize(513, 511)}) {
    Pyramid pyramid(size, 1);
    const std::vector<std::uint8_t> row(static_cast<std::size_t>(size.width()), 90);
    for (int y = 0; y < size.height(); ++y) pyramid.append_row(row.data());
    for (int level = 0; level < pyramid.level_count(); ++level) {
      const QSize s = pyramid.level_size(level);
      QCOMPARE(pyramid.ready_rows(level), s.height());
      std::vector<std::uint8_t> last(static_cast<std::size_t>(s.width()));
      pyramid.copy_pixels(level, 0, s.height() - 1, s.width(), last.data());
      QVERIFY(std::all_of(last.begin(), last.end(), [](int v) { return v == 90; }));
    }
  }
}

void DocumentTest::pyramid_takes_less_than_one_and_a_half_pictures() {
  const Pyramid pyramid(QSize(4000, 3000), 3);
  QVERIFY(pyramid.bytes() < 4000ULL * 3000 * 3 * 3 / 2);
}

void DocumentTest::loader_applies_orientation() {
  // A JPEG whose EXIF says: turn by 90 degrees. Qt does not write EXIF: the tag is put in by hand.
  QImage image(64, 32, QImage::Format_RGB888);
  image.fill(Qt::blue);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 16; ++x) image.setPixel(x, y, qRgb(255, 0, 0));
  }
  QByteArray jpeg;
  QBuffer buffer(&jpeg);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "JPEG", 100);
  const QByteArray exif = QByteArray::fromHex("ffe10022457869660000") +
                          QByteArray::fromHex("4d4d002a00000008000101120003000000010006000000000000");
  jpeg.insert(2, exif);
  const QString path = sandbox().file("turned.jpg");
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(jpeg);
  file.close();

  PictureLoader loader(path, {});
  QVERIFY(wait_until([&] { return loader.is_complete(); }));
  QCOMPARE(loader.picture()->size(), QSize(32, 64));
  QVERIFY(loader.picture()->pixel(16, 4).samples[0] > 200);   // red has come to the top
  QVERIFY(loader.picture()->pixel(16, 60).samples[2] > 200);  // blue to the bottom
}

void DocumentTest::loader_tells_what_is_wrong() {
  PictureLoader loader(source("README.md"), {});
  QSignalSpy failed(&loader, &PictureLoader::failed);
  QVERIFY(failed.wait(5000));
  QVERIFY(failed.front().front().toString().contains("picture"));
}

void DocumentTest::interpolated_picture_matches_stored_one_where_nearest() {
  PictureLoader loader(make_picture("small.png", 60, 40), {});
  QVERIFY(wait_until([&] { return loader.is_complete(); }));
  const InterpolatedPicture large(loader.picture(), QSize(240, 160), Interpolation::nearest);
  QCOMPARE(large.pixel(81, 45).samples, loader.picture()->pixel(20, 11).samples);
  QImage out(50, 50, QImage::Format_RGB32);
  large.render(1, QRect(40, 40, 50, 50), false, out);
  for (const QPoint p : {QPoint(0, 0), QPoint(13, 7), QPoint(49, 49)}) {
    const PixelValue want = large.pixel(40 + p.x(), 40 + p.y());
    QCOMPARE(out.pixel(p), qRgb(want.samples[0], want.samples[1], want.samples[2]));
  }
}

void DocumentTest::viewport_zooms_at_the_cursor() {
  Viewport viewport;
  viewport.set_pane(QSize(800, 600));
  viewport.set_picture(QSize(4000, 2000));
  QVERIFY(viewport.is_fitted());
  QCOMPARE(viewport.zoom(), 0.2);
  const QPointF cursor(500, 400);
  const QPointF under = viewport.to_picture(cursor);
  viewport.zoom_to(1, cursor);
  const QPointF now = viewport.to_picture(cursor);
  QVERIFY(std::abs(now.x() - under.x()) <= 1 && std::abs(now.y() - under.y()) <= 1);
  viewport.zoom_to(1000, cursor);
  QCOMPARE(viewport.zoom(), Viewport::kMaxZoom);
  viewport.zoom_to(0, cursor);
  QCOMPARE(viewport.zoom(), Viewport::kMinZoom);
}

void DocumentTest::viewport_links_sizes() {
  Viewport a, b;
  for (Viewport* v : {&a, &b}) v->set_pane(QSize(400, 400));
  a.set_picture(QSize(1000, 1000));
  b.set_picture(QSize(4000, 4000));
  a.zoom_to(4, {200, 200});
  b.zoom_to(1, {200, 200});
  a.set_center({0.3, 0.6});
  b.set_center({0.3, 0.6});
  QCOMPARE(a.origin(), b.origin());
  a.pan({1e9, 1e9});  // never beyond the edge
  QCOMPARE(a.origin(), QPoint(0, 0));
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  QApplication app(argc, argv);
  nalasr::gui::test::DocumentTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "document_test.moc"
