using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Versioning;
using DataHub.Storage.Tests.Kit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>One record of the oracle: its key columns and its values, as a source spells them.</summary>
internal sealed record OracleRecord(string? Key, string? Part, string? Text, string? Number)
{
    public bool Valid => KeyValid && Number != Broken;

    public bool KeyValid => Key is not null && Part != Broken;

    /// <summary>Whether the source says that the record is deleted, whatever else is wrong with it.</summary>
    public bool Gone => KeyValid && Text == Deleted;

    /// <summary>The text that says so.</summary>
    public const string Deleted = "x";

    /// <summary>A text that is no number.</summary>
    public const string Broken = "x1";

    public string KeyName(bool compound) => compound ? $"{Key}|{Part}" : Key!;

    public string?[] Columns(bool compound) => compound ? [Part, Text, Key, Number] : [Key, Text, Number];
}

/// <summary>
/// What the store must hold, by <see cref="ChangePlanner"/> and dictionaries alone. The record hash is written here a second time, from the words of the design,
/// so that a mistake in the encoder cannot agree with itself.
/// </summary>
internal sealed class HistoryOracle(bool compound)
{
    private readonly Dictionary<UInt128, string> images = [];

    /// <summary>Record hash by key, a version each; the first is the empty state before version 1.</summary>
    public List<IReadOnlyDictionary<string, UInt128>> Versions { get; } = [new Dictionary<string, UInt128>()];

    public ChangePlan<string> Plan(IReadOnlyList<OracleRecord> pull, bool whole) => ChangePlanner.Plan(Versions[^1],
        [.. pull.Select(r => new PlannedRecord<string>(r.KeyValid ? r.KeyName(compound) : null, r.Valid && !r.Gone ? Hash(r) : null, r.Gone))], whole);

    /// <summary>Rows of a version as the store's columns spell them, in key order.</summary>
    public IEnumerable<string> Rows(int version) => Versions[version]
        .Select(r => (Key: r.Key.Split('|'), Row: images[r.Value]))
        .OrderBy(r => r.Key[0], StringComparer.Ordinal)
        .ThenBy(r => r.Key.Length > 1 ? int.Parse(r.Key[1], CultureInfo.InvariantCulture) : 0)
        .Select(r => r.Row);

    public UInt128 Checksum(int version) => Versions[version].Values.Aggregate(UInt128.Zero, (a, b) => unchecked(a + b));

    /// <summary>What differs between two versions: key, hash before, hash after.</summary>
    public IEnumerable<string> Net(int from, int to)
    {
        var (a, b) = (Versions[from], Versions[to]);
        return a.Keys.Union(b.Keys)
            .Select(k => (k, Before: a.TryGetValue(k, out var x) ? Hex(x) : "∅", After: b.TryGetValue(k, out var y) ? Hex(y) : "∅"))
            .Where(d => d.Before != d.After)
            .Select(d => $"{d.k}>{d.Before}>{d.After}")
            .Order(StringComparer.Ordinal);
    }

    public static string Hex(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);

    private UInt128 Hash(OracleRecord record)
    {
        var bytes = new List<byte>();
        var id = 0;
        var number = record.Number is null ? null : Plain(record.Number);
        foreach (var value in compound
            ? [Int(record.Part!), Utf8(record.Text), Utf8(record.Key), Utf8(number)]
            : new[] { Utf8(record.Key), Utf8(record.Text), Utf8(number) })
        {
            id++;
            if (value is not null)
            {
                bytes.AddRange([0, 0, 0, (byte)id, 0, 0, 0, (byte)value.Length, .. value]);
            }
        }

        var hash = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData([.. bytes]));
        images[hash] = string.Join('|', (compound ? [record.Part, record.Text, record.Key, Stored(number)] : new[] { record.Key, record.Text, Stored(number) })
            .Select(v => v ?? "∅"));
        return hash;
    }

    private static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static byte[] Int(string text)
    {
        var room = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(room, long.Parse(text, CultureInfo.InvariantCulture));
        return room;
    }

    private static string Plain(string number) => decimal.Parse(number, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture);

    private static string? Stored(string? plain) => plain is null ? null : decimal.Parse(plain, CultureInfo.InvariantCulture).ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>Random pulls over a few keys: everything that can happen to a record, by a seed.</summary>
internal sealed class RandomHistory(int seed, bool compound)
{
    private static readonly string?[] Texts = [null, "", "0", "x", "y", "Đà Nẵng"];
    private static readonly string?[] Numbers = [null, "0", "0.00", "1.5", "1.50", "-2", "12345678.9"];
    private static readonly string[] LongKeys = ["fifteen-bytes-k", "sixteen-bytes-ke", "a key that is much longer than a fingerprint", ""];

    private readonly Random random = new(seed);

    public IReadOnlyList<IReadOnlyList<OracleRecord>> Pulls()
    {
        var keys = Enumerable.Range(0, random.Next(2, 9)).Select(Key).ToList();
        var state = keys.Where(_ => random.Next(3) > 0).Select(Fresh).ToList();
        var pulls = new List<IReadOnlyList<OracleRecord>> { Spoil(state) };
        var steps = random.Next(4, 12);
        for (var step = 1; step < steps; step++)
        {
            state = Change(state, keys);
            pulls.Add(Spoil(state));
        }

        return pulls;
    }

    private OracleRecord Key(int i)
    {
        var text = i < 4 && random.Next(3) == 0 ? LongKeys[i] : "k" + i / (compound ? 2 : 1);
        return new OracleRecord(text, compound ? (i - 3).ToString(CultureInfo.InvariantCulture) : null, null, null);
    }

    private OracleRecord Fresh(OracleRecord key) =>
        key with { Text = Texts[random.Next(Texts.Length)], Number = Numbers[random.Next(Numbers.Length)] };

    private List<OracleRecord> Change(List<OracleRecord> state, List<OracleRecord> keys)
    {
        if (random.Next(12) == 0)
        {
            return [];
        }

        return [.. keys
            .Select(k => (Key: k, Was: state.FirstOrDefault(r => r.Key == k.Key && r.Part == k.Part)))
            .Select(k => (k.Was, random.Next(10)) switch
            {
                (null, < 4) => Fresh(k.Key),
                (null, _) => null,
                (_, 0 or 1) => null,
                (_, < 5) => Fresh(k.Key),
                _ => k.Was,
            })
            .OfType<OracleRecord>()];
    }

    /// <summary>The pull of a state: shuffled, some records twice, some contradicted, some broken.</summary>
    private List<OracleRecord> Spoil(List<OracleRecord> state)
    {
        var pull = new List<OracleRecord>();
        foreach (var record in state)
        {
            pull.Add(random.Next(12) == 0 ? record with { Number = OracleRecord.Broken } : record);
            switch (random.Next(20))
            {
                case 0 or 1:
                    pull.AddRange(Enumerable.Repeat(record, random.Next(1, 3)));
                    break;
                case 2:
                    pull.AddRange([Fresh(record), Fresh(record)]);
                    break;
                case 3:
                    pull.Add(record with { Number = OracleRecord.Broken });
                    break;
                case 4:
                    pull.Add(compound ? record with { Part = OracleRecord.Broken } : record with { Key = null });
                    break;
                default:
                    break;
            }
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pull));
        return pull;
    }
}
