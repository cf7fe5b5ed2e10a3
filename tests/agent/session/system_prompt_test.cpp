#include "agent/session/system_prompt.h"
#include "agent/session/trusted_folders.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include <sys/stat.h>

namespace fs = std::filesystem;

namespace {

void write(const fs::path &file, const std::string &text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

fs::path pathOf(const QTemporaryDir &folder) { return fs::canonical(folder.path().toStdString()); }

} // namespace

class SystemPromptTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatShipsWithTheProgram()
    {
        const auto prompts = agent::loadPrompts(fs::path(HOGLET_SOURCE_DIR) / "resources" / "prompts");

        QVERIFY2(prompts, prompts ? "" : prompts.error().message.c_str());
        for (const auto *text : {&prompts->system, &prompts->personas, &prompts->planMode, &prompts->compaction, &prompts->subAgent})
            QVERIFY(text->size() > 100);
    }

    void readsTheFilesFromTheRepositoryDownToTheFolder()
    {
        QTemporaryDir folder;
        const auto root = pathOf(folder);
        fs::create_directories(root / "repo" / ".git");
        write(root / "AGENTS.md", "outside of the repository");
        write(root / "repo" / "AGENTS.md", "Use tabs.");
        write(root / "repo" / "CLAUDE.md", "Use tabs."); // the same once more
        write(root / "repo" / "ui" / "CLAUDE.md", "Test it.");
        fs::create_directories(root / "repo" / "ui" / "deep");

        const auto found = agent::projectInstructions(root / "repo" / "ui" / "deep");

        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[0].text, std::string("Use tabs."));
        QCOMPARE(found[1].file, root / "repo" / "ui" / "CLAUDE.md");
    }

    void followsNoLinkOutOfTheRepositoryAndWaitsForNoPipe()
    {
        QTemporaryDir folder;
        const auto root = pathOf(folder);
        fs::create_directories(root / "repo" / ".git");
        write(root / "secret", "key");
        fs::create_symlink(root / "secret", root / "repo" / "AGENTS.md");
        QCOMPARE(::mkfifo((root / "repo" / "CLAUDE.md").c_str(), 0600), 0);

        QVERIFY(agent::projectInstructions(root / "repo").empty());
        QVERIFY(agent::hasConfiguration(root / "repo")); // It is asked for all the same.
    }

    void cutsAFileThatIsTooLong()
    {
        QTemporaryDir folder;
        const auto root = pathOf(folder);
        write(root / "AGENTS.md", std::string(100'000, 'x'));

        const auto found = agent::projectInstructions(root);

        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(found[0].text.size() < 66'000);
        QVERIFY(found[0].text.find("The file is longer") != std::string::npos);
    }

    void saysWhatAFolderIsThatIsNotTrusted()
    {
        agent::Prompts prompts{"You are Hoglet.", "People.", "Plan first.", "", "Part."};
        agent::Surroundings place{{"/repo", "/other"}, "2026-11-30", {}, "", false};

        const auto text = agent::systemPrompt(prompts, place, permissions::Mode::Default);

        QVERIFY(text.starts_with("You are Hoglet.\n\nPeople."));
        QVERIFY(text.find("/repo") != std::string::npos && text.find("/other") != std::string::npos);
        QVERIFY(text.find("no instruction") != std::string::npos);
        QVERIFY(text.find("Plan first.") == std::string::npos);
        QVERIFY(agent::systemPrompt(prompts, place, permissions::Mode::Plan).find("Plan first.") != std::string::npos);
        QVERIFY(agent::subAgentPrompt(prompts, place).find("Part.") != std::string::npos);
    }

    void keepsTheFoldersThatAreTrusted()
    {
        QTemporaryDir folder;
        const auto root = pathOf(folder);
        fs::create_directories(root / "repo" / "ui");
        fs::create_directories(root / "repo-evil");
        fs::create_directory_symlink(root / "repo", root / "link");
        agent::TrustedFolders trusted(root / "trusted.json");
        QVERIFY(trusted.add(root / "link"));

        const agent::TrustedFolders again(root / "trusted.json");
        QVERIFY(again.contains(root / "repo"));
        QVERIFY(again.contains(root / "repo" / "ui"));
        QVERIFY(!again.contains(root / "repo-evil"));
        QVERIFY(!again.contains(root));
        QVERIFY(trusted.remove(root / "repo"));
        QVERIFY(!agent::TrustedFolders(root / "trusted.json").contains(root / "repo"));
    }

    void trustsNothingWhenTheFileIsDamagedAndKeepsIt()
    {
        QTemporaryDir folder;
        const auto root = pathOf(folder);
        write(root / "trusted.json", "{\"folders\": [\"/\"");
        agent::TrustedFolders trusted(root / "trusted.json");

        QVERIFY(!trusted.contains("/"));
        QVERIFY(trusted.add(root));
        QVERIFY(fs::exists(root / "trusted.json.damaged"));
        QVERIFY(agent::TrustedFolders(root / "trusted.json").contains(root));
    }
};

QTEST_GUILESS_MAIN(SystemPromptTest)
#include "system_prompt_test.moc"
