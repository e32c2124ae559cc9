using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Takes one record's JSON apart, into the batch: the values at the columns' places, null where there is none. What cannot be taken as
/// it stands breaks the record, with its reason, and nothing else.
/// </summary>
internal sealed class RestRecordParser(IReadOnlyList<ContractColumn> columns, int maxDepth)
{
    private readonly RestField root = RestField.TreeOf(columns);
    private readonly RestCell[] cells = [.. columns.Select(c => new RestCell(c))];
    private readonly bool[] isFilled = new bool[columns.Count];
    private readonly bool[] wasMet = new bool[columns.Count];
    private readonly RestText text = new();
    private RecordBatch batch = null!;
    private long record;
    private RestRecordFault fault;
    private string where = "";

    public IReadOnlyList<RestCell> Cells => cells;

    /// <summary>Columns whose place no record had so far, not even with a null.</summary>
    public IEnumerable<int> NeverMet => Enumerable.Range(0, columns.Count).Where(c => !wasMet[c]);

    /// <param name="json">One complete value, which the page reader has gone through already.</param>
    /// <param name="into">Gets a record or a broken one.</param>
    /// <param name="position">Its number in the pull, from 1.</param>
    public void Take(ReadOnlySpan<byte> json, RecordBatch into, long position)
    {
        (batch, record, fault, where) = (into, position, RestRecordFault.None, "");
        Array.Clear(isFilled);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            reader.Read();
            Descend(ref reader, root, json);
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for bytes and escapes that are no Unicode text, in names too.
            Fail(RestRecordFault.Encoding, where);
        }

        if (fault != RestRecordFault.None)
        {
            batch.BreakRecord(RestBroken.Of(fault, position, json, where));
            return;
        }

        for (var i = 0; i < isFilled.Length; i++)
        {
            if (!isFilled[i])
            {
                batch.Columns[i].AppendNull();
            }
        }

        batch.EndRecord(position);
    }

    private void Descend(ref Utf8JsonReader reader, RestField node, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var field = node.Find(ref reader);
                    reader.Read();
                    Value(ref reader, field, json);
                }

                break;
            case JsonTokenType.StartArray:
                Span<char> digits = stackalloc char[12];
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    i.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
                    Value(ref reader, node.Find(digits[..length]), json);
                }

                break;
            default:
                Fail(RestRecordFault.NotObject, "");
                break;
        }
    }

    private void Value(ref Utf8JsonReader reader, RestField? field, ReadOnlySpan<byte> json)
    {
        if (field is null || fault != RestRecordFault.None)
        {
            reader.Skip();
            return;
        }

        where = field.Name;
        if (!field.EnterOnce(record))
        {
            Fail(RestRecordFault.DuplicateName, field.Name);
            reader.Skip();
            return;
        }

        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (field.Columns.Count > 0)
        {
            Fill(ref reader, field, json);
        }

        if (isContainer && field.HasChildren)
        {
            Descend(ref reader, field, json);
        }
        else
        {
            reader.Skip();
        }
    }

    private void Fill(ref Utf8JsonReader reader, RestField field, ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> value = default;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var end = reader;
            end.Skip();
            value = text.Compact(json[(int)reader.TokenStartIndex..(int)end.BytesConsumed]);
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            value = reader.ValueIsEscaped ? text.Unescape(reader) : reader.ValueSpan;
        }

        if (!Utf8.IsValid(value))
        {
            Fail(RestRecordFault.Encoding, field.Name);
        }
        else if (value.Contains((byte)0))
        {
            Fail(RestRecordFault.Nul, field.Name);
        }

        foreach (var column in field.Columns)
        {
            (isFilled[column], wasMet[column]) = (true, true);
            Append(ref reader, cells[column], batch.Columns[column], value);
        }
    }

    private static void Append(ref Utf8JsonReader reader, RestCell cell, SourceColumn target, ReadOnlySpan<byte> value)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                target.AppendNull();
                break;
            case JsonTokenType.True or JsonTokenType.False:
                cell.AppendBoolean(target, reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Number:
                cell.AppendNumber(target, ref reader);
                break;
            default:
                cell.AppendText(target, value);
                break;
        }
    }

    private void Fail(RestRecordFault why, string name)
    {
        if (fault == RestRecordFault.None)
        {
            (fault, where) = (why, name);
        }
    }
}
