using System.Buffers.Binary;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Versioning;

namespace DataHub.Core.Validation;

/// <summary>
/// Step 2 of the load: turns one record of a batch into its encodings, or into all the violations it has. One instance serves one pull; not thread-safe.
/// </summary>
public sealed class RecordEncoder
{
    /// <summary>
    /// Bytes of a value with an index, and of a whole key: an entry of PostgreSQL's index takes 2,704 and holds both. A longer value would make the index,
    /// and with it every later publication, fail.
    /// </summary>
    public const int IndexedBytes = 1_200;

    private readonly ColumnEncoder[] encoders;
    private readonly int[] longest;
    private readonly DataContract contract;
    private readonly int[] sourceIndex;
    private readonly int[] keyOrder;
    private readonly (int Start, int Length)[] keyParts;
    private readonly RecordBuffer keyBuffer = new();
    private readonly int watermark;
    private readonly TombstoneTest? tombstone;
    private readonly Occurrences? occurrences;
    private byte[] keyBytes = new byte[64];

    /// <param name="contract">Declared columns and rules.</param>
    /// <param name="layout">Column ids by name; its column order is the order of the tuple's fields.</param>
    /// <param name="fields">What the source delivers, in the contract's column order.</param>
    /// <exception cref="HubErrorException">A source column's type cannot become the declared one without loss.</exception>
    public RecordEncoder(DataContract contract, StoreLayout layout, IReadOnlyList<SourceField> fields)
    {
        if (TypeDrift.Find(contract, fields) is { IsEmpty: false } drift)
        {
            throw drift.Error.ToException();
        }

        this.contract = contract;
        sourceIndex = [.. layout.Columns.Select(c => contract.Columns.TakeWhile(x => x.Name != c.Name).Count())];
        encoders = new ColumnEncoder[sourceIndex.Length];
        for (var i = 0; i < sourceIndex.Length; i++)
        {
            // A column that an older revision had and this contract has not stays null.
            sourceIndex[i] = sourceIndex[i] == contract.Columns.Count ? -1 : sourceIndex[i];
            encoders[i] = sourceIndex[i] < 0 ? null! : ColumnEncoder.For(contract.Columns[sourceIndex[i]], layout.Columns[i].Id);
        }

        watermark = contract.Pull.Watermark is { } w ? layout.Columns.Index().First(c => c.Item.Name == w.Name).Index : -1;
        tombstone = contract.Pull.Tombstone is null ? null : new TombstoneTest(contract);
        occurrences = layout.IsKeyless ? new Occurrences() : null;
        keyOrder = [.. layout.Key.Select(k => layout.Columns.Index().First(c => c.Item == k).Index)];
        keyParts = new (int, int)[keyOrder.Length];
        var lengthy = Math.Max(1, layout.Key.Count(k => IsLengthy(k.Type.Kind)));
        longest = [.. sourceIndex.Select(i => i < 0 ? int.MaxValue : Longest(contract.Columns[i], lengthy))];
    }

    /// <summary>The encodings of the record encoded last.</summary>
    public RecordBuffer Record { get; } = new();

    /// <summary>Key of the record encoded last, exact up to 15 bytes and 128 bits of SHA-256 beyond.</summary>
    public UInt128 Key { get; private set; }

    /// <summary>Watermark of the record encoded last as a number (<see cref="Sources.WatermarkText"/>), or null when it has none.</summary>
    public long? Watermark { get; private set; }

    /// <summary>What the record encoded last breaks; empty when it is valid.</summary>
    public List<Violation> Violations { get; } = [];

    /// <summary>What the key that was read alone last breaks.</summary>
    public List<Violation> KeyViolations { get; } = [];

    /// <summary>Whether the source says that it has deleted this record.</summary>
    public bool IsTombstone(RecordBatch batch, int row) => tombstone?.Says(batch, row) == true;

    /// <summary>Encodes record <paramref name="row"/>; false when <see cref="Violations"/> says why not.</summary>
    public bool Encode(RecordBatch batch, int row)
    {
        Record.Clear();
        Violations.Clear();
        Watermark = null;
        for (var i = 0; i < encoders.Length - (occurrences is null ? 0 : keyOrder.Length); i++)
        {
            if (sourceIndex[i] < 0)
            {
                Record.AppendNull();
                continue;
            }

            var before = Record.CanonicalLength;
            encoders[i].Encode(batch.Columns[sourceIndex[i]], row, Record, Violations);
            NoteKeyPart(i, Record);
            if (i == watermark && Record.CanonicalLength > before)
            {
                Watermark = ReadWatermark(Record.CanonicalBytes(Record.LastCanonical, Record.CanonicalLength - Record.LastCanonical));
            }

            if (Record.CanonicalLength - before - RecordBuffer.CanonicalHead > longest[i])
            {
                Violations.Add(Validation.Violations.ValueTooLarge(contract.Columns[sourceIndex[i]].Name, longest[i]));
            }
        }

        if (Violations.Count > 0)
        {
            return false;
        }

        Key = occurrences?.AppendKey(Record) ?? Fingerprint(Record);
        return true;
    }

    /// <summary>
    /// Key of a rejected record where its key columns are valid by themselves: such a key counts as seen, so that rejecting never deletes.
    /// </summary>
    public bool TryKeyOfRejected(RecordBatch batch, int row, out UInt128 key, out ReadOnlySpan<byte> keyFields)
    {
        keyBuffer.Clear();
        KeyViolations.Clear();
        if (occurrences is not null)
        {
            // A record that is not whole is nobody.
            key = 0;
            keyFields = [];
            return false;
        }

        foreach (var i in keyOrder)
        {
            encoders[i].Encode(batch.Columns[sourceIndex[i]], row, keyBuffer, KeyViolations);
            NoteKeyPart(i, keyBuffer);
        }

        key = KeyViolations.Count == 0 ? Fingerprint(keyBuffer) : 0;
        keyFields = keyBuffer.Tuple;
        return KeyViolations.Count == 0;
    }

    /// <summary>Tuple fields of the key alone, in key order, of the valid record encoded last.</summary>
    public ReadOnlySpan<byte> KeyFields(RecordBatch batch, int row)
    {
        _ = TryKeyOfRejected(batch, row, out _, out var fields);
        return fields;
    }

    private static long ReadWatermark(ReadOnlySpan<byte> canonical) =>
        canonical.Length == 4 ? BinaryPrimitives.ReadInt32BigEndian(canonical) : BinaryPrimitives.ReadInt64BigEndian(canonical);

    private static bool IsLengthy(ColumnKind kind) => kind is ColumnKind.Text or ColumnKind.Bytes;

    private static int Longest(ContractColumn column, int lengthyKeys) =>
        !IsLengthy(column.Type.Kind) ? int.MaxValue
        : column.KeyPosition is not null ? IndexedBytes / lengthyKeys
        : column.Indexed ? IndexedBytes : int.MaxValue;

    private void NoteKeyPart(int encoder, RecordBuffer buffer)
    {
        var part = Array.IndexOf(keyOrder, encoder);
        if (part >= 0)
        {
            keyParts[part] = (buffer.LastCanonical, buffer.CanonicalLength - buffer.LastCanonical);
        }
    }

    private UInt128 Fingerprint(RecordBuffer buffer)
    {
        if (keyParts.Length == 1)
        {
            return KeyFingerprint.Of(buffer.CanonicalBytes(keyParts[0].Start, keyParts[0].Length));
        }

        var length = 0;
        foreach (var (start, size) in keyParts)
        {
            if (length + size + 4 > keyBytes.Length)
            {
                Array.Resize(ref keyBytes, (length + size + 4) * 2);
            }

            length += KeyFingerprint.AppendPart(keyBytes.AsSpan(length), buffer.CanonicalBytes(start, size));
        }

        return KeyFingerprint.Of(keyBytes.AsSpan(0, length));
    }
}
