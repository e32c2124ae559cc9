using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>In which form the cells of a column are asked for.</summary>
internal enum PostgresForm
{
    /// <summary>COPY BINARY's own form: numbers, moments, text, and enums by their labels.</summary>
    Plain,

    /// <summary>The text that PostgreSQL writes: <c>::text</c>.</summary>
    Text,

    /// <summary>JSON text by <c>to_json</c>: arrays, composites, hstore.</summary>
    Json,

    /// <summary>No form that is sure to be faithful.</summary>
    Refused,
}

/// <summary>A type of a source as the hub reads it.</summary>
/// <param name="Name">The source's own name for it.</param>
/// <param name="Form">How it is read.</param>
/// <param name="Note">What an administrator should know of it, or why it is refused; null when plain.</param>
internal sealed record PostgresType(string Name, PostgresForm Form, Text? Note);

/// <summary>A type, or one that a type is made of, as the source's catalogue has it.</summary>
/// <param name="Oid">Its OID, the same on every server for built-in types.</param>
/// <param name="Name">As <c>format_type</c> writes it.</param>
/// <param name="Kind"><c>pg_type.typtype</c>, or <c>a</c> for an array.</param>
/// <param name="Extension">Bare type name and extension of a type that an extension brought, else null.</param>
internal sealed record PostgresTypePart(uint Oid, string Name, char Kind, (string Type, string By)? Extension);
