#pragma once

#include "agent/model/model.h"

#include <variant>

namespace model {

struct Image {
    std::string mimeType; // image/png, image/jpeg, image/gif or image/webp
    std::string data; // base64; empty: at `url`
    std::string url;

    friend bool operator==(const Image &, const Image &) = default;
};
using Part = std::variant<std::string, Image>; // no text is empty or all blanks

/// What a language model gets for a user's message: its blocks in their order, links as text, embedded texts at the end in
/// <context ref="URI">. Images that the model cannot take are named in a text. Never empty.
std::vector<Part> partsOf(const Message &message, bool takesImages);

/// The images among `blocks` that a service takes.
std::vector<Image> imagesOf(const std::vector<acp::ContentBlock> &blocks);

} // namespace model
