#include "ui/conversation/file_finder.h"

#include "tests/support/fake_file_names.h"

#include <QtTest>

#include <mutex>

/// Files found by what is typed of their names.
class FileFinderTest : public QObject
{
    Q_OBJECT

private slots:
    void theFilesOwnNameCountsMoreThanItsFolders()
    {
        const auto names = given({"main/readme.md", "src/domain.cpp", "src/main.cpp", "src/other.cpp"});
        ui::FileFinder finder;
        finder.setFolder(names, "/folder");

        QCOMPARE(found(finder, "main"), (QStringList{"src/main.cpp", "src/domain.cpp", "main/readme.md"}));
        QCOMPARE(found(finder, "src/o"), (QStringList{"src/other.cpp", "src/domain.cpp"}));
        QCOMPARE(found(finder, ""), (QStringList{"main/readme.md", "src/domain.cpp", "src/main.cpp", "src/other.cpp"}));
        QCOMPARE(found(finder, "xyz"), QStringList());
        QCOMPARE(names->calls.load(), 1); // listed once while it is fresh
    }

    void onlyTheLastPatternIsTold()
    {
        std::mutex listing;
        listing.lock();
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [&] {
            const std::lock_guard lock(listing);
            return ui::FileNames::Listing{{"abc", "abd"}, true};
        };
        ui::FileFinder finder;
        finder.setFolder(names, "/folder");
        QSignalSpy spy(&finder, &ui::FileFinder::found);

        for (const char *typed : {"", "a", "ab", "abc"})
            finder.find(typed);
        listing.unlock();

        QTRY_COMPARE(spy.size(), 1);
        QCOMPARE(spy[0][0].toString(), QString("abc"));
        QCOMPARE(spy[0][1].toStringList(), QStringList{"abc"});
        QCOMPARE(names->calls.load(), 1);
    }

    void namesThatCannotStandInALineAreLeftOut()
    {
        ui::FileFinder finder;
        finder.setFolder(given({"good.txt", "new\nline", "quo\"te", "bad\xff", "hid\xe2\x80\xae" "den", "two words.txt"}), "/folder");

        QCOMPARE(found(finder, ""), (QStringList{"good.txt", "two words.txt"}));
    }

    void whatWentWrongAndWhatIsLeftOutIsSaid()
    {
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = []() -> ph::Result<ui::FileNames::Listing> { return ph::fail(ph::ErrorCode::NotFound, "The folder is not there."); };
        ui::FileFinder finder;
        QSignalSpy spy(&finder, &ui::FileFinder::found);
        finder.setFolder(names, "/none");
        finder.find("");
        QTRY_COMPARE(spy.size(), 1);
        QCOMPARE(spy[0][2].toString(), QString("The folder is not there."));

        auto many = std::make_shared<test::FakeFileNames>();
        many->onList = [] { return ui::FileNames::Listing{{"a"}, false}; };
        finder.setFolder(many, "/folder");
        finder.find("");
        QTRY_COMPARE(spy.size(), 2);
        QCOMPARE(spy[1][2].toString(), QString("Of more than 50,000 files, those nearest to the top"));
    }

    void typingDoesNotWaitForFiftyThousandNames()
    {
        std::vector<std::string> many;
        for (int i = 0; i < 50'000; ++i)
            many.push_back("packages/module-" + std::to_string(i % 100) + "/src/component-" + std::to_string(i) + ".tsx");
        ui::FileFinder finder;
        finder.setFolder(given(many), "/folder");
        QCOMPARE(found(finder, "component-4711.tsx").first(), QString("packages/module-11/src/component-4711.tsx"));

        QElapsedTimer timer;
        timer.start();
        for (int i = 1; i <= 9; ++i)
            finder.find(QString("component").left(i));
        const auto blocked = timer.elapsed();

        QVERIFY2(blocked < 50, qPrintable(QString::number(blocked)));
        QCOMPARE(found(finder, "comp").size(), qsizetype(ui::FileFinder::mostFound));
    }

private:
    static std::shared_ptr<test::FakeFileNames> given(std::vector<std::string> files)
    {
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [files = std::move(files)] { return ui::FileNames::Listing{files, true}; };
        return names;
    }
    static QStringList found(ui::FileFinder &finder, const QString &pattern)
    {
        QSignalSpy spy(&finder, &ui::FileFinder::found);
        finder.find(pattern);
        for (int i = 0; i < 10 && (spy.isEmpty() || spy.last()[0].toString() != pattern); ++i)
            spy.wait(5000);
        return spy.isEmpty() ? QStringList{"nothing was told"} : spy.last()[1].toStringList();
    }
};

QTEST_GUILESS_MAIN(FileFinderTest)
#include "file_finder_test.moc"
