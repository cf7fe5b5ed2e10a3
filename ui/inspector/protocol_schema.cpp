#include "ui/inspector/protocol_schema.h"

#include <QFile>

/// Outside the namespace, as Qt asks: the resources of a static library are brought in by hand.
static void bringResources() { Q_INIT_RESOURCE(ui_acp_schema); }

namespace ui {

const acp::SchemaCheck &protocolSchema()
{
    static const auto schema = [] {
        bringResources();
        QFile file(":/acp/v1/schema.json");
        if (!file.open(QIODevice::ReadOnly))
            qFatal("The program was built without the schema of ACP.");
        const auto text = file.readAll();
        auto loaded = acp::SchemaCheck::load({text.constData(), std::size_t(text.size())});
        if (!loaded)
            qFatal("%s", loaded.error().message.c_str());
        return *std::move(loaded);
    }();
    return schema;
}

} // namespace ui
