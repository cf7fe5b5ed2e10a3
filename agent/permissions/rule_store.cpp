#include "agent/permissions/rule_store.h"

#include "driver/base/atomic_file.h"
#include "driver/base/ids.h"
#include "driver/base/json_fields.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace permissions {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largestFile = 8 * 1024 * 1024;
constexpr std::array<std::pair<Effect, const char *>, 3> effects{{{Effect::Allow, "allow"}, {Effect::Ask, "ask"}, {Effect::Deny, "deny"}}};

std::vector<Rule> &listOf(Rules &rules, Effect effect)
{
    return effect == Effect::Allow ? rules.allow : effect == Effect::Ask ? rules.ask : rules.deny;
}

/// The first line of a small file of git's, or nothing.
std::string firstLine(const fs::path &file)
{
    const auto text = ph::readFile(file, 64 * 1024);
    return text ? text->substr(0, text->find_first_of("\r\n")) : std::string();
}

/// Held while the file is read, changed and written, among all processes.
class FileLock
{
public:
    explicit FileLock(const fs::path &file)
        : m_descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
    {
        if (m_descriptor >= 0)
            ::flock(m_descriptor, LOCK_EX);
    }
    ~FileLock()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;

private:
    const int m_descriptor;
};

/// Every list of every repository has rules alone.
ph::Result<> check(const ph::Json &document)
{
    const auto wrong = [] { return ph::fail(ph::ErrorCode::InvalidInput, "it does not have the form of version 1"); };
    if (!document.is_object() || document.value("version", ph::Json()) != 1 || !document.contains("repositories") || !document["repositories"].is_object())
        return wrong();
    for (const auto &repository : document["repositories"]) {
        if (!repository.is_object())
            return wrong();
        for (const auto &[effect, name] : effects) {
            const auto list = repository.value(name, ph::Json::array());
            if (!list.is_array())
                return wrong();
            for (const auto &text : list) {
                if (!text.is_string())
                    return wrong();
                if (const auto rule = ruleOf(text.get<std::string>()); !rule)
                    return ph::fail(rule.error());
            }
        }
    }
    return {};
}

/// The whole file. An empty document when there is none; one that is damaged is moved aside.
ph::Result<ph::Json> read(const fs::path &file)
{
    const ph::Json empty{{"version", 1}, {"repositories", ph::Json::object()}};
    const auto text = ph::readFile(file, largestFile);
    if (!text && text.error().code == ph::ErrorCode::NotFound)
        return empty;
    if (!text)
        return ph::fail(text.error());
    ph::Json document = ph::Json::parse(*text, nullptr, false);
    const auto good = document.is_discarded() ? ph::fail(ph::ErrorCode::InvalidInput, "it is no JSON") : check(document);
    if (good)
        return document;
    const fs::path aside = file.string() + ".damaged-" + ph::randomHex(4);
    std::error_code failed;
    fs::rename(file, aside, failed);
    return ph::fail(ph::ErrorCode::Internal, "The permission rules in " + file.string() + " cannot be used: " + good.error().message + ". "
                                                 + (failed ? "The file could not be moved aside." : "The file is kept as " + aside.string() + "; no rules are in force.") );
}

} // namespace

fs::path repositoryKey(const fs::path &folder)
{
    std::error_code failed;
    for (fs::path place = folder;; place = place.parent_path()) {
        const fs::path git = place / ".git";
        if (fs::is_directory(git, failed))
            return fs::weakly_canonical(git, failed);
        if (fs::is_regular_file(git, failed)) {
            const std::string line = firstLine(git);
            if (!line.starts_with("gitdir: "))
                return folder;
            const fs::path directory = fs::weakly_canonical(place / line.substr(8), failed);
            const std::string back = firstLine(directory / "gitdir");
            const std::string common = firstLine(directory / "commondir");
            if (back.empty() || common.empty() || fs::weakly_canonical(directory / back, failed) != fs::weakly_canonical(git, failed))
                return place;
            return fs::weakly_canonical(directory / common, failed);
        }
        if (place == place.parent_path())
            return folder;
    }
}

RuleStore::RuleStore(fs::path dataFolder, const fs::path &folder)
    : m_file(std::move(dataFolder) / "permissions.json")
    , m_key(repositoryKey(folder).string())
{
}

ph::Result<Rules> RuleStore::rules() const
{
    const auto document = read(m_file);
    if (!document)
        return ph::fail(document.error());
    Rules rules;
    {
        const std::lock_guard lock(m_mutex);
        rules = m_session;
    }
    const auto repository = (*document)["repositories"].find(m_key);
    if (repository == (*document)["repositories"].end())
        return rules;
    for (const auto &[effect, name] : effects)
        for (const auto &text : repository->value(name, ph::Json::array()))
            listOf(rules, effect).push_back(*ruleOf(text.get<std::string>()));
    return rules;
}

void RuleStore::addForSession(Effect effect, const Rule &rule)
{
    const std::lock_guard lock(m_mutex);
    listOf(m_session, effect).push_back(rule);
}

ph::Result<> RuleStore::addForRepository(Effect effect, const Rule &rule) { return change(effect, rule, true); }

ph::Result<> RuleStore::remove(Effect effect, const Rule &rule) { return change(effect, rule, false); }

ph::Result<> RuleStore::change(Effect effect, const Rule &rule, bool isAdded)
{
    const FileLock lock(m_file.string() + ".lock");
    auto document = read(m_file);
    if (!document)
        return ph::fail(document.error());
    const auto name = std::find_if(effects.begin(), effects.end(), [effect](const auto &one) { return one.first == effect; })->second;
    ph::Json &list = (*document)["repositories"][m_key][name];
    if (!list.is_array())
        list = ph::Json::array();
    const ph::Json text = textOf(rule);
    const auto found = std::find(list.begin(), list.end(), text);
    if (isAdded == (found != list.end()))
        return {};
    if (isAdded)
        list.push_back(text);
    else
        list.erase(found);
    return ph::writeFileAtomically(m_file, document->dump(2, ' ', false, ph::Json::error_handler_t::replace) + "\n");
}

} // namespace permissions
