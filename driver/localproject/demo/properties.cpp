#include "driver/localproject/demo/properties.h"

#include "driver/localproject/demo/session_maker.h"

#include <cstdio>

namespace localproject::demo {
namespace {

struct LabelText {
    std::string_view text;
    std::string_view tag;
    std::string_view className;
};

constexpr std::array<LabelText, labelCount> labels = {{
    {"See pricing", "a", "nav-link"},
    {"Try it free", "a", "button primary"},
    {"Read more", "a", "link"},
    {"Docs", "a", "nav-link"},
    {"Blog", "a", "nav-link"},
    {"E-mail", "input", "field"},
    {"Password", "input", "field"},
    {"Free plan", "div", "plan-card"},
    {"Create account", "button", "button primary"},
    {"Log in", "button", "button primary"},
    {"Upload", "button", "button"},
    {"Download", "button", "button"},
    {"Share", "button", "button"},
    {"Delete", "button", "button danger"},
    {"Preview", "button", "button"},
    {"Open", "a", "file-name"},
    {"Sort", "button", "icon"},
    {"Search files", "input", "field search"},
    {"Invite", "button", "button"},
    {"Save", "button", "button primary"},
    {"Upgrade", "button", "button primary"},
    {"Files", "a", "nav-link"},
    {"Team", "a", "nav-link"},
    {"Grid", "button", "icon"},
}};

constexpr std::array<std::string_view, 5> flagKeys
    = {"signup-page-v2", "pricing-order", "fast-upload", "file-previews", "beta-comments"};
constexpr std::array<std::string_view, 7> fileKinds = {"pdf", "png", "docx", "xlsx", "mp4", "jpg", "zip"};
constexpr std::array<std::string_view, 2> surveyIds
    = {"0190d3b0-0001-7000-8000-00000000a001", "0190d3b0-0002-7000-8000-00000000a002"};
constexpr std::array<std::string_view, 2> surveyNames = {"Would you recommend Driftboard?", "How is sharing working for you?"};

struct ExceptionText {
    std::string_view type;
    std::string_view value;
    std::string_view fingerprint;
    std::string_view source;
    int line;
    bool handled;
};

constexpr std::array<ExceptionText, 5> exceptions = {{
    {"TypeError", "undefined is not an object (evaluating 'form.plan.id')", "plan-id", "/assets/signup.js", 184, false},
    {"Error", "ResizeObserver loop completed with undelivered notifications.", "resize-observer", "/assets/grid.js", 61, true},
    {"NetworkError", "Failed to fetch", "fetch", "/assets/api.js", 27, true},
    {"ChunkLoadError", "Loading chunk 7 failed.", "chunk", "/assets/app.js", 3, false},
    {"QuotaExceededError", "The quota has been exceeded.", "quota", "/assets/cache.js", 92, true},
}};

} // namespace

void appendJsonString(std::string &out, std::string_view text)
{
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
            out += escaped;
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string pagePath(Page page, std::uint32_t id)
{
    std::string path(pagePaths[page]);
    if (page == File)
        path += "f" + std::to_string(id) + "/";
    else if (page == Invite)
        path += "i" + std::to_string(id) + "/";
    return path;
}

std::string pageUrl(Page page, std::uint32_t id) { return "https://" + std::string(host) + pagePath(page, id); }

PropertyWriter::PropertyWriter(const World &world, const Plan &plan, const Data &data)
    : m_world(world)
    , m_plan(plan)
    , m_data(data)
{
    for (std::uint32_t i = 0; i < plan.persons.size(); ++i) {
        m_userIds.push_back(userId(plan.persons[i], i));
        m_deviceIds.push_back(plan.persons[i].kind == Kind::Undefined ? "undefined" : deviceId(world, i, false));
        m_otherDeviceIds.push_back(plan.persons[i].secondDevice ? deviceId(world, i, true) : "");
    }
    for (std::uint32_t s = 0; s < data.sessions.size(); ++s) {
        const Session &session = data.sessions[s];
        const Person &p = plan.persons[session.person];
        const Device &own = devices[session.device];
        const Country &country = countries[p.country];
        const Source &source = sources[session.source];
        m_sessionIds.push_back(sessionUuid(world, session.start, s).text());
        m_windowIds.push_back(sessionUuid(world, session.start, 0x8000'0000 | s).text());
        m_out.clear();
        text("$browser", own.browser);
        key("$browser_version");
        m_out += own.browserVersion;
        text("$os", own.os);
        text("$device_type", own.type);
        text("$device_id", session.onOtherDevice ? m_otherDeviceIds[session.person] : m_deviceIds[session.person]);
        number("$viewport_width", own.screenWidth);
        number("$viewport_height", own.screenHeight);
        text("$timezone", country.timezone);
        text("$geoip_country_code", country.code);
        text("$geoip_city_name", country.city);
        text("$session_id", m_sessionIds.back());
        text("$host", host);
        text("$lib", "web");
        text("$lib_version", "1.298.0");
        text("$referrer", source.referrer);
        text("$referring_domain", source.referringDomain);
        if (!source.utmSource.empty()) {
            text("utm_source", source.utmSource);
            text("utm_medium", source.utmMedium);
            text("utm_campaign", source.utmCampaign);
        }
        if (p.kind == Kind::Bot)
            text("$raw_user_agent",
                 "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36");
        m_sessionParts.push_back(m_out);
    }
}

void PropertyWriter::key(std::string_view name)
{
    m_out += m_out.empty() || m_out.back() == '{' ? "\"" : ",\"";
    m_out += name;
    m_out += "\":";
}

void PropertyWriter::text(std::string_view name, std::string_view value)
{
    key(name);
    appendJsonString(m_out, value);
}

void PropertyWriter::number(std::string_view name, std::int64_t value)
{
    key(name);
    char digits[24];
    m_out.append(digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%lld", static_cast<long long>(value))));
}

void PropertyWriter::boolean(std::string_view name, bool value)
{
    key(name);
    m_out += value ? "true" : "false";
}

std::string_view PropertyWriter::distinctId(const Event &event) const
{
    if (event.identified)
        return m_userIds[event.person];
    if (event.session != noSession && m_data.sessions[event.session].onOtherDevice)
        return m_otherDeviceIds[event.person];
    return m_deviceIds[event.person];
}

const std::string &PropertyWriter::event(const Event &event)
{
    m_out = "{";
    if (event.type == EventType::PaidBill || event.type == EventType::DowngradedPlan) {
        text("$lib", "posthog-node");
        text("$lib_version", "5.17.2");
    } else {
        web(event);
    }
    text("$app_version", m_world.release(event.time));
    const Person &p = m_plan.persons[event.person];
    if (event.identified && p.account >= 0) {
        key("$groups");
        m_out += "{\"account\":\"" + accountKey(static_cast<std::uint32_t>(p.account)) + "\"}";
    }
    own(event);
    m_out += '}';
    return m_out;
}

void PropertyWriter::web(const Event &event)
{
    if (event.session != noSession) {
        m_out += m_sessionParts[event.session];
    } else { // a clock that went wrong took the session with it
        const Device &device = devices[m_plan.persons[event.person].device];
        text("$browser", device.browser);
        text("$os", device.os);
        text("$device_type", device.type);
        text("$host", host);
        text("$lib", "web");
        text("$lib_version", "1.298.0");
    }
    const std::string path = pagePath(event.page, event.pageId);
    key("$current_url");
    m_out += "\"https://";
    m_out += host;
    m_out += path;
    m_out += '"';
    text("$pathname", path);
    boolean("$is_identified", event.identified);
    const PersonState &state = m_data.states[event.person];
    if (state.signupExposure != 0 && event.time >= state.signupExposure)
        text("$feature/signup-page-v2", m_plan.persons[event.person].signupVariant == Variant::Test ? "test" : "control");
    if (event.identified && event.time >= m_world.dayStart(previewReleaseDay))
        boolean("$feature/file-previews", previewEnabled(m_world, state.previewBucket, event.time));
}

void PropertyWriter::own(const Event &event)
{
    const Person &p = m_plan.persons[event.person];
    switch (event.type) {
    case EventType::Pageview:
    case EventType::LoggedIn:
        if (event.type == EventType::LoggedIn)
            boolean("is_trial", p.kind != Kind::Existing);
        break;
    case EventType::Pageleave: {
        char seconds[32];
        std::snprintf(seconds, sizeof seconds, "%u.%03u", event.a / 1000, event.a % 1000);
        key("$prev_pageview_duration");
        m_out += seconds;
        text("$prev_pageview_pathname", pagePath(event.page, event.pageId));
        break;
    }
    case EventType::Autocapture:
    case EventType::Rageclick:
    case EventType::DeadClick:
        text("$event_type", "click");
        text("$el_text", labels[event.a].text);
        number("$mouse_x", event.b & 0xffff);
        number("$mouse_y", event.b >> 16);
        break;
    case EventType::WebVitals:
        number("$web_vitals_LCP_value", event.a);
        number("$web_vitals_INP_value", event.b);
        key("$web_vitals_CLS_value");
        m_out += "0." + std::to_string(1000 + event.c % 1000).substr(1);
        break;
    case EventType::FlagCalled:
        flagCall(event);
        break;
    case EventType::Identify:
        text("$anon_distinct_id",
             event.session != noSession && m_data.sessions[event.session].onOtherDevice ? m_otherDeviceIds[event.person]
                                                                                        : m_deviceIds[event.person]);
        key("$set");
        m_out += "{";
        text("email", email(m_world, p, event.person));
        text("name", fullName(m_world, event.person));
        m_out += "}";
        break;
    case EventType::GroupIdentify:
        text("$group_type", "account");
        text("$group_key", accountKey(static_cast<std::uint32_t>(p.account)));
        break;
    case EventType::Exception:
        exception(event);
        break;
    case EventType::SignedUp:
        boolean("from_invite", event.a != 0);
        text("signup_method", event.b == 0 ? "email" : "google");
        text("plan", "free");
        boolean("is_trial", true);
        break;
    case EventType::UploadedFile:
    case EventType::DownloadedFile:
    case EventType::SharedFile:
    case EventType::DeletedFile:
    case EventType::PreviewedFile:
        file(event);
        break;
    case EventType::InvitedMember:
        text("role", event.serial % 4 == 0 ? "viewer" : "editor");
        break;
    case EventType::UpgradedPlan:
        text("previous_plan", "free");
        text("new_plan", "pro");
        number("seats", event.a);
        number("mrr_delta_usd", event.a * 10);
        boolean("is_trial", false);
        break;
    case EventType::DowngradedPlan:
        text("previous_plan", "pro");
        text("new_plan", "free");
        number("seats", event.a);
        number("mrr_delta_usd", -10 * static_cast<std::int64_t>(event.a));
        boolean("is_trial", false);
        break;
    case EventType::PaidBill:
        text("plan", "pro");
        number("seats", event.b / 10);
        if (event.asText)
            text("amount_usd", std::to_string(event.b));
        else
            number("amount_usd", event.b);
        text("invoice_id", "in_" + std::to_string(200'000 + event.c * 13));
        boolean("is_trial", false);
        break;
    case EventType::SurveyShown:
    case EventType::SurveySent:
        text("$survey_id", surveyIds[event.a]);
        text("$survey_name", surveyNames[event.a]);
        if (event.type == EventType::SurveySent)
            text("$survey_response", std::to_string(event.b));
        break;
    case EventType::count:
        break;
    }
}

void PropertyWriter::file(const Event &event)
{
    text("file_type", fileKinds[event.a]);
    number("file_size_b", event.b);
    text("file_id", "f" + std::to_string(event.c));
    if (event.type == EventType::SharedFile)
        text("share_kind", event.serial % 3 == 0 ? "people" : "link");
}

void PropertyWriter::exception(const Event &event)
{
    const ExceptionText &what = exceptions[event.a];
    key("$exception_types");
    m_out += '[';
    appendJsonString(m_out, what.type);
    m_out += ']';
    key("$exception_values");
    m_out += '[';
    appendJsonString(m_out, what.value);
    m_out += ']';
    text("$exception_fingerprint", what.fingerprint);
    text("$exception_level", what.handled ? "warning" : "error");
    boolean("$exception_handled", what.handled);
    key("$exception_list");
    m_out += R"([{"type":)";
    appendJsonString(m_out, what.type);
    m_out += R"(,"value":)";
    appendJsonString(m_out, what.value);
    m_out += R"(,"stacktrace":{"type":"raw","frames":[{"filename":"https://driftboard.example)";
    m_out += what.source;
    m_out += R"(","function":"submit","lineno":)" + std::to_string(what.line) + "}]}}]";
}

void PropertyWriter::flagCall(const Event &event)
{
    const std::string_view flag = flagKeys[event.a];
    text("$feature_flag", flag);
    if (event.b == AnswerControl || event.b == AnswerTest)
        text("$feature_flag_response", event.b == AnswerTest ? "test" : "control");
    else
        boolean("$feature_flag_response", event.b == AnswerTrue);
}

std::string PropertyWriter::elementsChain(const Event &event) const
{
    const LabelText &label = labels[event.a];
    std::string chain(label.tag);
    for (const char c : std::string(".") + std::string(label.className))
        chain += c == ' ' ? '.' : c;
    chain += ":attr__class=\"" + std::string(label.className) + "\"nth-child=\"2\"nth-of-type=\"1\"text=\""
        + std::string(label.text) + "\";main:nth-child=\"3\"nth-of-type=\"1\";body:nth-child=\"2\"nth-of-type=\"1\"";
    return chain;
}

std::string PropertyWriter::person(std::uint32_t index) const
{
    const Person &p = m_plan.persons[index];
    const Device &device = devices[p.device];
    const Source &source = sources[p.source];
    std::string out = "{";
    const auto put = [&](std::string_view name, std::string_view value) {
        if (out.size() > 1)
            out += ',';
        appendJsonString(out, name);
        out += ':';
        appendJsonString(out, value);
    };
    if (p.identified()) {
        put("email", email(m_world, p, index));
        put("name", fullName(m_world, index));
        const Account &account = m_plan.accounts[static_cast<std::size_t>(p.account)];
        const bool paying = p.upgrades || (p.kind == Kind::Existing && account.seatsAtStart > 0 && account.churnDay == 0);
        put("plan", paying ? "pro" : "free");
        put("account", accountKey(static_cast<std::uint32_t>(p.account)));
        out += paying || p.kind == Kind::Existing ? ",\"is_trial\":false" : ",\"is_trial\":true";
    }
    put("$initial_browser", device.browser);
    put("$initial_os", device.os);
    put("$initial_device_type", device.type);
    put("$initial_referring_domain", source.referringDomain);
    if (!source.utmSource.empty()) {
        put("$initial_utm_source", source.utmSource);
        put("$initial_utm_medium", source.utmMedium);
        put("$initial_utm_campaign", source.utmCampaign);
    }
    put("source", source.name);
    put("$geoip_country_code", countries[p.country].code);
    put("$geoip_country_name", countries[p.country].name);
    put("$geoip_city_name", countries[p.country].city);
    put("$geoip_subdivision_1_code", countries[p.country].region);
    out += '}';
    return out;
}

std::string PropertyWriter::account(std::uint32_t index) const
{
    const Account &account = m_plan.accounts[index];
    const int seats = account.churnDay > 0 ? 0 : account.seatsAtStart + account.upgrades;
    std::string out = "{\"name\":";
    appendJsonString(out, accountName(index));
    out += ",\"industry\":";
    appendJsonString(out, accountIndustry(index));
    out += std::string(",\"plan\":\"") + (seats > 0 ? "pro" : "free") + "\",\"seats\":" + std::to_string(seats)
        + ",\"mrr_usd\":" + std::to_string(seats * 10) + ",\"team_size\":" + std::to_string(account.members.size())
        + ",\"churned\":" + (account.churnDay > 0 ? "true" : "false") + "}";
    return out;
}

} // namespace localproject::demo
