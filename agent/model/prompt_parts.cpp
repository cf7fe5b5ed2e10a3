#include "agent/model/prompt_parts.h"

#include "agent/model/json_read.h"
#include "driver/http/url.h"

#include <algorithm>
#include <array>

namespace model {

namespace {

constexpr std::array<std::string_view, 4> imageTypes{"image/png", "image/jpeg", "image/gif", "image/webp"};

bool isBlank(const std::string &text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::optional<Image> imageOf(const acp::ContentBlock &block)
{
    if (block.type != "image")
        return {};
    const std::string type = block.mimeType.value_or("");
    const std::string uri = block.uri.value_or("");
    if (block.data && !block.data->empty() && std::find(imageTypes.begin(), imageTypes.end(), type) != imageTypes.end())
        return Image{type, *block.data, {}};
    if (uri.starts_with("https://") || uri.starts_with("http://"))
        return Image{type, {}, uri};
    return {};
}

std::string lastPartOf(const std::string &uri)
{
    const auto name = uri.substr(uri.rfind('/') == std::string::npos ? 0 : uri.rfind('/') + 1);
    return http::percentDecode(name).value_or(name);
}

std::string linkText(const acp::ContentBlock &block)
{
    const std::string uri = block.uri.value_or("");
    const std::string name = block.name && !block.name->empty() ? *block.name : lastPartOf(uri);
    constexpr std::string_view file = "file://";
    if (uri.starts_with(file)) {
        const auto path = http::percentDecode(std::string_view(uri).substr(file.size()));
        return "Attached file \"" + name + "\", to be read with your tools: " + path.value_or(uri.substr(file.size()));
    }
    return uri.starts_with("http") ? uri : "[@" + name + "](" + uri + ")";
}

} // namespace

std::vector<Image> imagesOf(const std::vector<acp::ContentBlock> &blocks)
{
    std::vector<Image> images;
    for (const auto &block : blocks) {
        if (auto image = imageOf(block))
            images.push_back(*std::move(image));
    }
    return images;
}

std::vector<Part> partsOf(const Message &message, bool takesImages)
{
    std::vector<Part> parts;
    std::vector<std::string> contexts;
    const auto add = [&](std::string text) {
        if (!isBlank(text))
            parts.emplace_back(std::move(text));
    };
    for (const auto &block : message.blocks) {
        if (block.type == "text") {
            add(block.text.value_or(""));
        } else if (block.type == "resource_link") {
            add(linkText(block));
        } else if (block.type == "resource" && block.resource && block.resource->contains("text")) {
            const auto uri = textAt(*block.resource, "uri");
            add("[@" + lastPartOf(uri) + "](" + uri + ")");
            contexts.push_back("\n<context ref=\"" + uri + "\">\n" + textAt(*block.resource, "text") + "\n</context>");
        } else if (auto image = imageOf(block)) {
            if (takesImages)
                parts.emplace_back(*std::move(image));
            else
                add("(Here is an image that you cannot see.)");
        }
    }
    for (auto &context : contexts)
        add(std::move(context));
    if (parts.empty())
        add(message.text);
    if (parts.empty())
        add("(This message holds nothing that you can read.)");
    return parts;
}

} // namespace model
