using System.Globalization;
using System.Xml;

namespace DataHub.Core.Contracts;

/// <summary>Reads how a dataset is pulled and braked from its <c>hub.*</c> properties; all problems at once.</summary>
internal sealed class PullReader(HubProperties hub, IReadOnlyList<ContractColumn> columns, ContractProblems problems)
{
    private static readonly ColumnKind[] Growing = [ColumnKind.Int32, ColumnKind.Int64, ColumnKind.Date, ColumnKind.Timestamp];
    private static readonly ColumnKind[] Saying = [.. Growing, ColumnKind.Text, ColumnKind.Boolean];
    private static readonly string[] OfWatermark = ["hub.lag", "hub.fullRefresh"];

    public PullTerms Read()
    {
        var mode = hub["hub.mode"] switch
        {
            "incremental" => PullMode.Incremental,
            "append" => PullMode.Append,
            "log" => PullMode.Log,
            _ => PullMode.Full,
        };
        var watermark = Column("hub.watermark", Growing);
        var tombstone = Column("hub.tombstone", Saying);
        RefuseIncomplete(mode);
        var (lag, numberLag) = Lag(watermark);
        var texts = hub.Texts("hub.tombstoneTexts");
        CheckTombstone(mode, tombstone, texts);
        RefuseWithoutKey(mode);
        return new PullTerms
        {
            Mode = mode,
            Watermark = watermark,
            Lag = lag ?? new PullTerms().Lag,
            NumberLag = numberLag ?? new PullTerms().NumberLag,
            FullRefresh = hub["hub.fullRefresh"] is { } every ? Duration("hub.fullRefresh", every)
                : mode is PullMode.Incremental or PullMode.Log ? TimeSpan.FromDays(7) : null,
            Tombstone = tombstone,
            TombstoneTexts = texts,
        };
    }

    /// <summary>The brake's limits; what is not said is as <see cref="BrakeLimits.Default"/>.</summary>
    public BrakeLimits ReadBrake() => new()
    {
        RemovedShare = Percent("hub.maxRemoved") ?? BrakeLimits.Default.RemovedShare,
        RejectedShare = Percent("hub.maxRejected") ?? BrakeLimits.Default.RejectedShare,
        MinRemoved = hub["hub.maxRemovedRecords"] is { } records
            ? int.Parse(records, NumberStyles.None, CultureInfo.InvariantCulture) : BrakeLimits.Default.MinRemoved,
        MayBeEmpty = hub.Flag("hub.mayBeEmpty"),
    };

    private ContractColumn? Column(string property, ColumnKind[] kinds)
    {
        if (hub[property] is not { } name)
        {
            return null;
        }

        if (columns.FirstOrDefault(c => c.Name == name) is not { } column)
        {
            var names = columns.Select(c => c.Name).ToArray();
            problems.Add(ContractCodes.PullColumnUnknown.At(hub.PointerOf(property), property, name, DidYouMean.Clause(name, names)) with
            { Allowed = names });
            return null;
        }

        if (!kinds.Contains(column.Type.Kind))
        {
            problems.Add(ContractCodes.PullColumnType.At(
                hub.PointerOf(property), property, name, column.Type, string.Join(", ", kinds.Select(k => new ColumnType(k)))));
        }

        return column;
    }

    // A file source without a watermark is read by the files that are new.
    private void RefuseIncomplete(PullMode mode)
    {
        if (mode == PullMode.Log)
        {
            RefuseWithoutLog();
        }
        else if (mode != PullMode.Full && !hub.IsDeclared("hub.watermark") && !hub.IsDeclared("hub.file"))
        {
            problems.Add(ContractCodes.PullIncomplete.At(hub.PointerOf("hub.mode"), hub["hub.mode"]!, "hub.watermark"));
        }

        if (!hub.IsDeclared("hub.watermark"))
        {
            foreach (var name in OfWatermark.Where(n => hub[n] is not null && !(mode == PullMode.Log && n == "hub.fullRefresh")))
            {
                problems.Add(ContractCodes.PullIncomplete.At(hub.PointerOf(name), name, "hub.watermark"));
            }
        }
    }

    // The log speaks of a table's records, by their key.
    private void RefuseWithoutLog()
    {
        if (!hub.IsDeclared("hub.table"))
        {
            problems.Add(ContractCodes.PullIncomplete.At(hub.PointerOf("hub.mode"), "log", "hub.table"));
        }

        if (!columns.Any(c => c.KeyPosition is not null))
        {
            problems.Add(ContractCodes.PullIncomplete.At(hub.PointerOf("hub.mode"), "log", "primaryKey"));
        }
    }

    private (TimeSpan? Time, long? Number) Lag(ContractColumn? watermark)
    {
        if (hub["hub.lag"] is not { } lag || watermark is null)
        {
            return (null, null);
        }

        var isNumber = watermark.Type.Kind is ColumnKind.Int32 or ColumnKind.Int64;
        if (isNumber == lag.StartsWith('P'))
        {
            problems.Add(ContractCodes.PullLag.At(hub.PointerOf("hub.lag"), watermark.Name, watermark.Type));
            return (null, null);
        }

        return isNumber ? (null, long.Parse(lag, NumberStyles.None, CultureInfo.InvariantCulture)) : (Duration("hub.lag", lag), null);
    }

    private void CheckTombstone(PullMode mode, ContractColumn? tombstone, TextSet? texts)
    {
        if (texts is not null && !hub.IsDeclared("hub.tombstone"))
        {
            problems.Add(ContractCodes.PullIncomplete.At(hub.PointerOf("hub.tombstoneTexts"), "hub.tombstoneTexts", "hub.tombstone"));
        }

        if (tombstone is null)
        {
            return;
        }

        if (mode == PullMode.Append)
        {
            problems.Add(ContractCodes.PullAppendDeletes.At(hub.PointerOf("hub.tombstone")));
        }

        if (tombstone.KeyPosition is not null || texts is null != tombstone.Type.Kind is not (ColumnKind.Text or ColumnKind.Int32 or ColumnKind.Int64))
        {
            problems.Add(ContractCodes.PullTombstone.At(hub.PointerOf("hub.tombstone"), tombstone.Name, tombstone.Type));
        }
    }

    private void RefuseWithoutKey(PullMode mode)
    {
        if (columns.Any(c => c.KeyPosition is not null))
        {
            return;
        }

        var (property, isSet) = mode != PullMode.Full ? ("hub.mode", true) : ("hub.tombstone", hub["hub.tombstone"] is not null);
        if (isSet)
        {
            problems.Add(ContractCodes.PullKeyless.At(hub.PointerOf(property), property));
        }
    }

    private TimeSpan? Duration(string property, string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            problems.Add(ContractCodes.PullDuration.At(hub.PointerOf(property), property, text));
            return null;
        }
    }

    private double? Percent(string property) =>
        hub[property] is { } text ? double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / 100 : null;
}
