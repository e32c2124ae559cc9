using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>What becomes of a value that is too large for memory.</summary>
/// <param name="Fits">Length of a text that must come whole, bytes.</param>
/// <param name="Beyond">Length of one that must not be taken.</param>
/// <param name="Code">Of the violation, or of the refusal.</param>
public sealed record HugeValues(int Fits, int Beyond, string Code)
{
    /// <summary>True where the engine cannot step over the value, so that the pull ends with <see cref="Code"/>.</summary>
    public bool EndsThePull { get; init; }
}

/// <summary>
/// What a kind of source supplies to inherit the conformance suite: how a table is put into it, and how permission to read it is lost. One object a
/// test class; what a kind cannot do is stated in its kit and in decision 0058, not left out.
/// </summary>
public abstract class ConformanceKit : IAsyncLifetime
{
    private readonly HashSet<string> put = [];
    private ConformanceLab? lab;

    public abstract ISourceAdapter Adapter { get; }

    public abstract SourceSettings Source { get; }

    /// <summary>Limits of file sources, and where they lie.</summary>
    public virtual FileSourceOptions? Files => null;

    /// <summary>Why the kind cannot be tested on this machine; null where it can.</summary>
    public virtual string? Missing => null;

    public abstract HugeValues Huge { get; }

    /// <summary>What an empty text comes back as.</summary>
    public virtual string? EmptyText => "";

    /// <summary>Refusal of a pull whose account may not read any more.</summary>
    public virtual string DeniedCode => "source_permission_denied";

    /// <summary>Whether a busy server may make a pull of everything out of a window.</summary>
    public virtual bool WindowMayWiden => false;

    /// <summary>Makes the table, or replaces it.</summary>
    public abstract Task PutAsync(string name, KitTable table);

    /// <summary>Takes the account's permission to read the table away; what it returns gives it back when disposed.</summary>
    public abstract Task<IAsyncDisposable> TakePermissionAsync(string name);

    /// <summary>The contract's words for a table of <see cref="PutAsync"/>: <c>hub.table=…</c> or <c>hub.file=…</c>.</summary>
    public abstract string Target(string name);

    /// <summary>Calls as the hub's own account does, which is no administrator of the machine.</summary>
    public virtual Task<T> AsHub<T>(Func<Task<T>> call) => call();

    /// <summary>What the contract must say of a column beyond its type: properties in YAML.</summary>
    public virtual string? Properties(KitColumn column) => null;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The first test of a class makes the table for all of them.</summary>
    public Task PutOnceAsync(string name, KitTable table) => put.Add(name) ? PutAsync(name, table) : Task.CompletedTask;

    /// <summary>The contract of a dataset, which is also its source's id, over a table.</summary>
    public string Yaml(string dataset, string table, IReadOnlyList<KitColumn> columns, params string[] terms) => LabContract.Yaml(
        dataset, columns.Select((c, i) => Column(c, isKey: i == 0)), [$"hub.source={dataset}", Target(table), .. terms]);

    public DataContract Contract(string table, KitTable columns) =>
        ContractReader.Read(Yaml(table, table, columns.Columns)) is { Contract: { } contract }
            ? contract : throw new InvalidOperationException(Yaml(table, table, columns.Columns));

    /// <summary>A hub with a worker, started once for the class.</summary>
    public async Task<ConformanceLab> LabAsync() => lab ??= await ConformanceLab.StartAsync(this);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (lab?.DisposeAsync() ?? ValueTask.CompletedTask);
        await DisposeSourceAsync();
    }

    protected virtual ValueTask DisposeSourceAsync() => ValueTask.CompletedTask;

    private string Column(KitColumn column, bool isKey)
    {
        var properties = $"{{property: hub.type, value: '{column.Type}'}}" + (Properties(column) is { } more ? ", " + more : "");
        return $"name: {column.Name}, {(isKey ? "primaryKey: true, primaryKeyPosition: 1, " : "")}customProperties: [{properties}]";
    }
}

/// <summary>A kind whose reader can meet bytes that are no text in its declared encoding.</summary>
public interface IHoldsBadText
{
    /// <summary>Puts records 1, 2 and 3 (ma, ten) where the text of 2 is no valid text; the source to read them from.</summary>
    Task<SourceSettings> PutBadTextAsync(string name);

    /// <summary>Violation of record 2, or refusal of the pull.</summary>
    string BadTextCode { get; }

    /// <summary>True where nothing behind the bad bytes can be trusted, so that the pull ends.</summary>
    bool BadTextEndsThePull { get; }
}

/// <summary>A kind that is read over a connection.</summary>
public interface IConnectedKit
{
    /// <summary>Where the server listens.</summary>
    System.Net.EndPoint Server { get; }

    /// <summary>The same source behind a port of this machine.</summary>
    SourceSettings Through(int port);
}

/// <summary>A kind that delivers whole files, which can arrive cut off.</summary>
public interface IFileKit
{
    string PathOf(string name);

    /// <summary>What a file of half its bytes is: code of the refusal, or of the violation of its last record.</summary>
    string CutCode { get; }

    /// <summary>True where a cut is seen by the file's own end mark or checksum, and refuses the file.</summary>
    bool CutRefuses { get; }
}
