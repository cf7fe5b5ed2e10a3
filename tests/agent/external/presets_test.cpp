#include "agent/external/presets.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

namespace {

std::filesystem::path program(const QTemporaryDir &folder, const std::string &name)
{
    const auto file = std::filesystem::path(folder.path().toStdString()) / name;
    std::ofstream(file) << "#!/bin/sh\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
}

const external::Preset &preset(const std::string &id)
{
    for (const auto &one : external::presets()) {
        if (one.id == id)
            return one;
    }
    throw std::invalid_argument(id);
}

} // namespace

class PresetsTest : public QObject
{
    Q_OBJECT

private slots:
    void takesTheProgramThatIsInstalled()
    {
        QTemporaryDir folder;
        program(folder, "gemini");
        program(folder, "npx");

        const auto command = external::commandOf(preset("gemini"), {"PATH=" + folder.path().toStdString()});

        QVERIFY(command);
        QCOMPARE(command->program, std::string("gemini"));
        QVERIFY(command->arguments == std::vector<std::string>{"--experimental-acp"});
    }

    void fetchesItWithNpxElse()
    {
        QTemporaryDir folder;
        program(folder, "npx");

        const auto command = external::commandOf(preset("opencode"), {"PATH=" + folder.path().toStdString()});

        QVERIFY(command);
        QCOMPARE(command->program, std::string("npx"));
        QVERIFY((command->arguments == std::vector<std::string>{"--yes", "opencode-ai", "acp"}));
    }

    void hasNothingToStartWithoutEither()
    {
        QVERIFY(!external::commandOf(preset("codex"), {"PATH=/nowhere"}));
    }

    void handsEachAgentItsOwnKeysOnly()
    {
        QTemporaryDir folder;
        program(folder, "npx");
        const auto path = "PATH=" + folder.path().toStdString();
        ::setenv("OPENAI_API_KEY", "sk-codex", 1);
        ::setenv("ANTHROPIC_API_KEY", "sk-claude", 1);

        const auto codex = external::commandOf(preset("codex"), {path});
        const auto claude = external::commandOf(preset("claude"), {path});

        QVERIFY((codex->environment == std::vector<std::pair<std::string, std::string>>{{"OPENAI_API_KEY", "sk-codex"}}));
        QVERIFY((claude->environment == std::vector<std::pair<std::string, std::string>>{{"ANTHROPIC_API_KEY", "sk-claude"}}));
    }
};

QTEST_GUILESS_MAIN(PresetsTest)
#include "presets_test.moc"
