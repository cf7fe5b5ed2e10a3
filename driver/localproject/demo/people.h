#pragma once

#include "driver/localproject/demo/plan.h"
#include "driver/localproject/store_appender.h"

#include <string>
#include <string_view>

/// Names and ids of the demo's people and accounts; all of them follow from the seed and the index.
namespace localproject::demo {

Uuid personUuid(const World &world, std::uint32_t person);
Uuid eventUuid(const World &world, Milliseconds time, std::uint32_t serial);
Uuid sessionUuid(const World &world, Milliseconds time, std::uint32_t session);

std::string deviceId(const World &world, std::uint32_t person, bool otherDevice);
std::string userId(const Person &person, std::uint32_t index); // "undefined" for the person of that kind
std::string fullName(const World &world, std::uint32_t person);
std::string email(const World &world, const Person &person, std::uint32_t index);
std::string accountKey(std::uint32_t account); // "acc_0012"
std::string accountName(std::uint32_t account);
std::string_view accountIndustry(std::uint32_t account);

} // namespace localproject::demo
