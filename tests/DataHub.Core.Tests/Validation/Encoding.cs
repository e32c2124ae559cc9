using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Validation;

/// <summary>One cell as a source delivers it.</summary>
internal sealed record Cell(SourceKind Kind, object? Value)
{
    public static Cell Text(string? text) => new(SourceKind.Text, text is null ? null : Encoding.UTF8.GetBytes(text));

    public static Cell Unreadable(SourceKind kind, string text) => new(kind, new Unread(text));

    public void AppendTo(SourceColumn column)
    {
        switch (Value)
        {
            case null: column.AppendNull(); break;
            case Unread unread: column.AppendUnreadable(unread.Text); break;
            case long number: column.Append(number); break;
            case decimal number: column.Append(number); break;
            case double number: column.Append(number); break;
            case bool flag: column.Append(flag); break;
            case byte[] bytes: column.Append(bytes); break;
            default: throw new ArgumentOutOfRangeException(Value.GetType().Name);
        }
    }

    private sealed record Unread(string Text);
}

/// <summary>Encodes single records of columns that a test declares.</summary>
internal static class Encode
{
    public static ContractColumn Column(string name, string type, ParseRules? parse = null, ValueRules? rules = null, int? key = null, bool required = false) => new()
    {
        Name = name, SourceName = name, Type = TypeOf(type), KeyPosition = key, Required = required || key is not null,
        Parse = parse ?? ParseRules.None, Rules = rules ?? ValueRules.None,
    };

    public static ColumnType TypeOf(string type) => ColumnType.TryParse(type, out var parsed) ? parsed : throw new ArgumentException(type);

    public static DataContract Contract(params ContractColumn[] columns) => new()
    {
        Dataset = "t", Id = "t", Version = new ContractVersion(1, 0, 0), Title = "t", Columns = columns, Document = "{}",
        Terms = new DatasetTerms { Provider = "H08", Source = "s" },
    };

    public static StoreLayout Layout(DataContract contract) => new StoreLayout(1, 1, []).With(contract);

    /// <summary>A record after encoding; the encoder keeps it.</summary>
    public static (RecordEncoder Encoder, RecordBatch Batch, bool Valid) Record(ContractColumn[] columns, params Cell[] cells) =>
        Record(columns, Layout(Contract(columns)), cells);

    public static (RecordEncoder Encoder, RecordBatch Batch, bool Valid) Record(ContractColumn[] columns, StoreLayout layout, params Cell[] cells)
    {
        SourceField[] fields = [.. columns.Zip(cells, (c, v) => new SourceField(c.Name, v.Kind, "native"))];
        var encoder = new RecordEncoder(Contract(columns), layout, fields);
        var batch = new RecordBatch(fields, 1);
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i].AppendTo(batch.Columns[i]);
        }

        batch.EndRecord(7);
        return (encoder, batch, encoder.Encode(batch, 0));
    }

    /// <summary>Hash of a valid record.</summary>
    public static UInt128 Hash(ContractColumn[] columns, params Cell[] cells) => Hash(columns, Layout(Contract(columns)), cells);

    public static UInt128 Hash(ContractColumn[] columns, StoreLayout layout, params Cell[] cells)
    {
        var (encoder, _, valid) = Record(columns, layout, cells);
        Assert.True(valid, string.Join(", ", encoder.Violations.Select(v => v.Code)));
        return encoder.Record.Hash();
    }

    /// <summary>Codes of what one cell breaks; empty when it is valid.</summary>
    public static string Codes(ContractColumn column, Cell cell) =>
        string.Join(',', Record([column], cell).Encoder.Violations.Select(v => v.Code));

    public static string Codes(ContractColumn column, string? text) => Codes(column, Cell.Text(text));
}
