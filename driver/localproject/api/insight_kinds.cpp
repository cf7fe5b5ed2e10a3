#include "driver/localproject/api/query_kinds.h"

#include "driver/localproject/insights/insights.h"

namespace localproject::api {

KindAnswer answerInsight(Project &project, const QueryRequest &request)
{
    auto context = project.compileContext();
    if (!context)
        return tl::unexpected(storeFailed(context.error()));
    // One place for all its statements: they run one after the other.
    const auto place = project.gate().enter(request.wait, request.stop);
    if (!place)
        return tl::unexpected(storeFailed(place.error()));
    auto answered = insights::answer(request.node, {project.store(), *context, project.testAccountFilters(), request.stop});
    if (answered)
        return QueryAnswer{std::move(*answered), {}};
    const insights::Problem &problem = answered.error();
    if (problem.store)
        return tl::unexpected(storeFailed(*problem.store));
    return tl::unexpected(invalid(problem.code, problem.detail, problem.attribute.empty() ? ph::Json() : ph::Json(problem.attribute)));
}

} // namespace localproject::api
