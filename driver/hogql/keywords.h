#pragma once

#include <string>
#include <string_view>

/// The words of the language. For the files of this folder; others use isKeyword() (lexer.h).
namespace hogql {

std::string upperCase(std::string_view text); // ASCII

/// ASCII comparison without case; `upper` is in upper case.
bool isWord(std::string_view text, std::string_view upper);

/// Whether `word` could be misread when it stands unquoted where a name is expected.
bool isReserved(std::string_view word);

/// Whether `word` is a name only in PostHog's eyes: a word that holds a query together, such as AND.
bool isOddName(std::string_view word);

/// Whether `word` can be no name at all without quotes.
bool isNeverName(std::string_view word);

/// Whether `word` is no table and no part of a path either: a.null.
bool isNoPart(std::string_view word);

/// Whether `word` can stand as an alias without AS: SELECT 1 word, FROM t word.
bool isBareAliasOfColumn(std::string_view word);
bool isBareAliasOfTable(std::string_view word);

/// Whether `word` can be the name of a type: x::word.
bool isTypeName(std::string_view word);

/// Whether `word` is `keyword` (upper case) with one or two typing slips.
bool isSlipOf(std::string_view word, std::string_view keyword);

/// A word that PostHog refuses as an alias: team_id, true, false, null.
bool isForbiddenAlias(std::string_view word);

/// The keyword at most two typing slips away from `word` ("whre" -> "WHERE"), of those that open a clause; "" when there is none.
std::string_view clauseLike(std::string_view word);

} // namespace hogql
