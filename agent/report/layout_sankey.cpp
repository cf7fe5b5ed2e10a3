#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace report {

namespace {

struct Node {
    std::string name;
    std::size_t layer = 0;
    double in = 0, out = 0;
    double top = 0;
    double inUsed = 0, outUsed = 0;
    double value() const { return std::max(in, out); }
};
struct Edge {
    std::size_t from = 0, to = 0;
    double value = 0;
    int row = -1;
};
struct Graph {
    std::vector<Node> nodes;
    std::vector<Edge> edges;
    std::size_t layers = 0;
    std::size_t left = 0; // edges beyond the limit
};

constexpr std::size_t maximumEdges = 60;
constexpr double nodeWidth = 10;
constexpr double slot = 22; // a node's share of the height at least, so that labels have room

/// "2: /pricing/" stands in column 2; without such numbers the columns follow from the edges.
std::optional<std::pair<std::size_t, std::string>> numbered(const std::string &name)
{
    const auto colon = name.find(": ");
    if (colon == std::string::npos || colon == 0 || colon > 2 || name.find_first_not_of("0123456789") != colon)
        return {};
    return std::pair{static_cast<std::size_t>(std::stoul(name.substr(0, colon))), name.substr(colon + 2)};
}

struct RawEdge {
    std::string from, to;
    double value;
    int row;
};

/// Column of each source where the names carry none: as far from a start as the shortest way.
std::map<std::string, std::size_t> depths(const std::vector<RawEdge> &edges)
{
    std::set<std::string> targets;
    for (const auto &edge : edges)
        if (edge.from != edge.to)
            targets.insert(edge.to);
    std::map<std::string, std::size_t> depth;
    for (const auto &edge : edges)
        if (!targets.contains(edge.from))
            depth[edge.from] = 0;
    if (depth.empty() && !edges.empty())
        depth[edges.front().from] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto &edge : edges)
            if (depth.contains(edge.from) && !depth.contains(edge.to)) {
                depth[edge.to] = depth[edge.from] + 1;
                changed = true;
            }
    }
    return depth;
}

Graph readGraph(const posthog::Table &table, const ChartColumns &columns)
{
    std::vector<RawEdge> raw;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto value = cellNumber(cellAt(table, row, columns.y[0]));
        if (value && *value > 0)
            raw.push_back({cellLabel(cellAt(table, row, *columns.source)), cellLabel(cellAt(table, row, *columns.target)), *value, static_cast<int>(row)});
    }
    Graph graph;
    std::stable_sort(raw.begin(), raw.end(), [](const RawEdge &a, const RawEdge &b) { return a.value > b.value; });
    if (raw.size() > maximumEdges) {
        graph.left = raw.size() - maximumEdges;
        raw.resize(maximumEdges);
    }
    const bool withNumbers = std::all_of(raw.begin(), raw.end(), [](const RawEdge &edge) {
        const auto from = numbered(edge.from);
        const auto to = numbered(edge.to);
        return from && to && from->first < to->first;
    });
    const auto depth = withNumbers ? std::map<std::string, std::size_t>{} : depths(raw);
    std::map<std::pair<std::size_t, std::string>, std::size_t> index;
    const auto node = [&](std::size_t layer, const std::string &name) {
        const auto [found, isNew] = index.emplace(std::pair{layer, name}, graph.nodes.size());
        if (isNew)
            graph.nodes.push_back({name, layer});
        return found->second;
    };
    std::size_t first = withNumbers && !raw.empty() ? 99 : 0;
    if (withNumbers)
        for (const auto &edge : raw)
            first = std::min(first, numbered(edge.from)->first);
    for (const auto &edge : raw) {
        std::size_t fromLayer = 0;
        std::size_t toLayer = 0;
        auto from = edge.from;
        auto to = edge.to;
        if (withNumbers) {
            std::tie(fromLayer, from) = *numbered(edge.from);
            std::tie(toLayer, to) = *numbered(edge.to);
            fromLayer -= first;
            toLayer -= first;
        } else {
            fromLayer = depth.contains(from) ? depth.at(from) : 0;
            toLayer = depth.contains(to) ? depth.at(to) : 0;
            if (toLayer <= fromLayer) // A way back is drawn as a node of the next column.
                toLayer = fromLayer + 1;
        }
        const auto a = node(fromLayer, from);
        const auto b = node(toLayer, to);
        graph.edges.push_back({a, b, edge.value, edge.row});
        graph.nodes[a].out += edge.value;
        graph.nodes[b].in += edge.value;
        graph.layers = std::max(graph.layers, toLayer + 1);
    }
    return graph;
}

/// Without the columns from `layers` on.
Graph cut(const Graph &whole, std::size_t layers)
{
    Graph graph;
    std::map<std::size_t, std::size_t> index;
    for (std::size_t i = 0; i < whole.nodes.size(); ++i)
        if (whole.nodes[i].layer < layers) {
            index[i] = graph.nodes.size();
            graph.nodes.push_back(whole.nodes[i]);
            graph.nodes.back().out = 0;
        }
    for (const auto &edge : whole.edges)
        if (index.contains(edge.from) && index.contains(edge.to)) {
            graph.edges.push_back({index[edge.from], index[edge.to], edge.value, edge.row});
            graph.nodes[index[edge.from]].out += edge.value;
        }
    graph.layers = std::min(whole.layers, layers);
    graph.left = whole.left;
    return graph;
}

} // namespace

void layoutSankey(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height)
{
    auto graph = readGraph(table, columns);
    if (graph.edges.empty()) {
        layoutMessage(scene, "No path to draw.");
        return;
    }
    const std::size_t wholeLayers = graph.layers;
    const auto room = std::max<std::size_t>(2, static_cast<std::size_t>(scene.width / 128));
    if (graph.layers > room)
        graph = cut(graph, room);

    std::vector<std::vector<std::size_t>> layers(graph.layers);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        layers[graph.nodes[i].layer].push_back(i);
    std::size_t most = 0;
    for (const auto &layer : layers)
        most = std::max(most, layer.size());
    scene.height = std::max(height, static_cast<double>(most) * (slot + 8));

    // One scale for all columns: the fullest one fills the height.
    double scale = 1e300;
    for (auto &layer : layers) {
        if (layer.empty())
            continue;
        std::stable_sort(layer.begin(), layer.end(), [&](std::size_t a, std::size_t b) { return graph.nodes[a].value() > graph.nodes[b].value(); });
        const double sum = std::accumulate(layer.begin(), layer.end(), 0.0, [&](double total, std::size_t i) { return total + graph.nodes[i].value(); });
        scale = std::min(scale, (scene.height - static_cast<double>(layer.size()) * slot) / sum);
    }
    for (const auto &layer : layers) {
        double y = 0;
        for (const auto i : layer) {
            graph.nodes[i].top = y + slot / 2 - 8;
            y += graph.nodes[i].value() * scale + slot;
        }
    }

    Canvas canvas(scene);
    const auto format = spec.format.value_or("number");
    const double step = graph.layers > 1 ? (scene.width - nodeWidth) / (static_cast<double>(graph.layers) - 0.25) : scene.width;
    const auto nodeX = [&](const Node &node) { return static_cast<double>(node.layer) * step; };

    // Bands leave and arrive in the order of the nodes they join, so that few cross.
    auto order = std::vector<std::size_t>(graph.edges.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto &left = graph.edges[a];
        const auto &right = graph.edges[b];
        return std::pair{graph.nodes[left.from].top, graph.nodes[left.to].top} < std::pair{graph.nodes[right.from].top, graph.nodes[right.to].top};
    });
    for (const auto i : order) {
        const auto &edge = graph.edges[i];
        auto &from = graph.nodes[edge.from];
        auto &to = graph.nodes[edge.to];
        const double thick = edge.value * scale;
        const bool stressed = columns.highlight && cellTrue(cellAt(table, static_cast<std::size_t>(edge.row), *columns.highlight));
        canvas.ribbon({nodeX(from) + nodeWidth, from.top + from.outUsed, from.top + from.outUsed + thick, nodeX(to), to.top + to.inUsed,
                       to.top + to.inUsed + thick, stressed ? Ink::Bad : Ink::Series1, 0.28, edge.row,
                       from.name + " → " + to.name + ": " + workflow::formatAs(format, edge.value)});
        from.outUsed += thick;
        to.inUsed += thick;
    }
    for (const auto &node : graph.nodes) {
        const double x = nodeX(node);
        const double size = std::max(2.0, node.value() * scale);
        const auto count = workflow::formatAs(format, node.value());
        canvas.rect({x, node.top, nodeWidth, size, Ink::Series1, 1, 2, -1, node.name + ": " + count});
        const double labelX = x + nodeWidth + 6;
        const double labelRoom = std::min(step - nodeWidth - 12, scene.width - labelX - 2);
        const double baseline = node.top + std::max(size, 10.0) / 2 + 4;
        const double countWidth = textWidth(" " + count, 11);
        const double nameRoom = labelRoom - countWidth - 4;
        const auto name = shortened(oneLine(node.name), nameRoom, 11.5);
        if (name.empty()) {
            canvas.text(labelX, baseline, node.name, labelRoom, {Ink::Text, 11.5});
            continue;
        }
        canvas.text(labelX, baseline, node.name, nameRoom, {Ink::Text, 11.5});
        canvas.text(labelX + textWidth(name, 11.5) + 5, baseline, count, countWidth, {Ink::Muted, 11});
    }

    // Rounding of the last node's label may reach below the bands.
    for (const auto &node : graph.nodes)
        scene.height = std::max(scene.height, node.top + std::max(2.0, node.value() * scale) + 12);
    std::string note;
    if (wholeLayers > graph.layers)
        note = "first " + std::to_string(graph.layers) + " of " + std::to_string(wholeLayers) + " columns: there is room for more in a wider window";
    if (graph.left > 0)
        note += (note.empty() ? "" : "; ") + std::to_string(graph.left) + " smaller paths left out";
    if (!note.empty()) {
        canvas.text(0, scene.height + 14, note, scene.width, {Ink::Muted, 11});
        scene.height += 22;
    }
}

} // namespace report
