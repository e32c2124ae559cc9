using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Queries;

namespace DataHub.Gateway.Formats;

/// <summary>Writes records in one format, whatever they are read from; one for each answer.</summary>
internal abstract class RecordWriter(IReadOnlyList<StoreColumn> columns)
{
    /// <summary>Kinds by column, the form that the loop over a record's values asks for.</summary>
    protected ColumnKind[] Kinds { get; } = [.. columns.Select(c => c.Type.Kind)];

    /// <summary>What stands before the first record.</summary>
    public virtual void Begin(AnswerBuffer target)
    {
    }

    /// <summary>One record, without what separates it from the next.</summary>
    public abstract void Write(IRecordRow row, AnswerBuffer target);
}
