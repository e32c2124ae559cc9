using System.Text.Json.Nodes;

namespace DataHub.Core.Contracts;

/// <summary>Finds a column's type: <c>hub.type</c>, else what ODCS says when only one type can be meant.</summary>
internal static class ColumnTypes
{
    /// <summary>The ODCS type that a document is given for a type of ours.</summary>
    public static string LogicalType(ColumnKind kind) => kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 => "integer",
        ColumnKind.Decimal or ColumnKind.Float64 => "number",
        ColumnKind.Boolean => "boolean",
        ColumnKind.Date => "date",
        ColumnKind.Time => "time",
        ColumnKind.Timestamp => "timestamp",
        _ => "string",
    };

    /// <summary>Null when it is not clear; then a problem has been reported.</summary>
    public static ColumnType? Read(JsonObject node, string name, string pointer, HubProperties hub, ContractProblems problems)
    {
        var logical = node.Text("logicalType");
        if (logical is "object" or "array")
        {
            problems.Add(ContractCodes.ColumnTypeUnsupported.At(JsonPointer.Below(pointer, "logicalType"), name, logical));
            return null;
        }

        if (hub["hub.type"] is { } declared && ColumnType.TryParse(declared, out var type))
        {
            if (logical is not null && !Agrees(type, logical))
            {
                problems.Add(ContractCodes.ColumnTypeConflict.At(hub.PointerOf("hub.type"), name, declared, logical));
                return null;
            }

            return type;
        }

        var derived = Derive(logical, (node["logicalTypeOptions"] as JsonObject)?.Text("format"));
        if (derived is null && !hub.IsDeclared("hub.type"))
        {
            problems.Add(ContractCodes.ColumnTypeUndeclared.At(pointer, name, Example(logical)));
        }

        return derived;
    }

    private static ColumnType? Derive(string? logical, string? format) => (logical, format) switch
    {
        ("string", _) => new(ColumnKind.Text),
        ("boolean", _) => new(ColumnKind.Boolean),
        ("date", _) => new(ColumnKind.Date),
        ("time", _) => new(ColumnKind.Time),
        ("timestamp", _) => new(ColumnKind.Timestamp),
        ("integer", "i8" or "i16" or "i32" or "u8" or "u16") => new(ColumnKind.Int32),
        ("integer", null or "i64" or "u32") => new(ColumnKind.Int64),
        ("number", "f32" or "f64") => new(ColumnKind.Float64),
        // u64, i128 and u128 do not fit int64; a bare number may be exact money or a measurement.
        _ => null,
    };

    private static bool Agrees(ColumnType type, string logical) => logical switch
    {
        "integer" => type.Kind is ColumnKind.Int32 or ColumnKind.Int64 || type is { Kind: ColumnKind.Decimal, Scale: 0 },
        "number" => type.Kind is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal or ColumnKind.Float64,
        _ => logical == LogicalType(type.Kind),
    };

    private static string Example(string? logical) => logical switch
    {
        "number" => "decimal(18,2)",
        "integer" => "decimal(20,0)",
        _ => "text",
    };
}
