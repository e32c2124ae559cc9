using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;
using ParquetSharp;
using ParquetSharp.Schema;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>A column of a file's first level.</summary>
/// <param name="Leaf">Its number among the columns that hold values; for a nested one that of its first.</param>
/// <param name="IsRequired">The file has no nulls in it.</param>
internal sealed record ParquetColumn(string Name, ParquetType Type, int Leaf, bool IsRequired);

/// <summary>An opened file: its schema, and cursors on the columns of a row group once these are known to fit into the memory. Owns the content.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly FileInput input;
    private readonly FileSourceOptions limits;
    private readonly Stream content;
    private readonly IReadOnlyList<ParquetGroup> groups;
    private ParquetFileReader? reader;
    private RowGroupReader? rows;

    private ParquetFile(FileInput input, FileSourceOptions limits, Stream content, IReadOnlyList<ParquetGroup> groups) =>
        (this.input, this.limits, this.content, this.groups) = (input, limits, content, groups);

    public FileInput Input => input;

    public IReadOnlyList<ParquetColumn> Columns { get; private set; } = [];

    public int Groups => groups.Count;

    public long Rows => groups.Sum(g => g.Rows);

    public static async Task<ParquetFile> OpenAsync(FileInput input, FileSourceOptions limits, CancellationToken cancellation)
    {
        var content = await input.OpenSeekableAsync(cancellation);
        ParquetFile? file = null;
        try
        {
            file = new ParquetFile(input, limits, content, await ParquetFooter.ReadAsync(content, input, cancellation));
            file.Open();
            return file;
        }
        catch (Exception e)
        {
            file?.Dispose();
            await content.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw Translate(e, input, "footer");
        }
    }

    public long RowsOf(int group) => groups[group].Rows;

    /// <summary>
    /// Cursors on the columns of a row group, each before its first value. The caller disposes them all, before it asks for the next group's.
    /// </summary>
    public ParquetCursor[] OpenGroup(int group, IReadOnlyList<ParquetColumn> columns)
    {
        RefuseLarge(group, columns);
        rows?.Dispose();
        rows = reader!.RowGroup(group);
        var cursors = new List<ParquetCursor>();
        try
        {
            foreach (var column in columns)
            {
                Guard(group, column, () => cursors.Add(column.Type.Open!(rows.Column(column.Leaf))));
            }

            return [.. cursors];
        }
        catch
        {
            cursors.ForEach(c => c.Dispose());
            throw;
        }
    }

    /// <summary>Whatever the library throws of a damaged file becomes our error, with the place.</summary>
    public HubErrorException Damaged(Exception e, int group, ParquetColumn? column) =>
        e as HubErrorException ?? HubErrors.SourceParquetDamaged(input.Source, input.Name, Place(group, column)).ToException(e);

    public void Dispose()
    {
        rows?.Dispose();
        reader?.Dispose();
        content.Dispose();
    }

    private void Open()
    {
        using var properties = ReaderProperties.GetDefaultReaderProperties();
        // Pages as they are needed in place of whole columns; a checksum is proved where a page has one.
        properties.EnableBufferedStream();
        properties.BufferSize = BufferBytes;
        properties.EnablePageChecksumVerification();
        properties.SetThriftStringSizeLimit(ParquetFooter.MaxBytes);
        properties.SetThriftContainerSizeLimit(ParquetFooter.MostChunks);
        reader = new ParquetFileReader(content, properties, leaveOpen: true);
        using var root = reader.FileMetaData.Schema.GroupNode;
        var (found, leaf) = (new List<ParquetColumn>(), 0);
        foreach (var node in root.Fields)
        {
            using (node)
            {
                found.Add(Column(node, leaf));
                leaf += Leaves(node);
            }
        }

        Columns = found;
    }

    private ParquetColumn Column(Node node, int leaf)
    {
        var type = node is GroupNode || node.Repetition == Repetition.Repeated
            ? ParquetTypes.OfNested(node is GroupNode ? "group" : "repeated")
            : ParquetTypes.Of(reader!.FileMetaData.Schema.Column(leaf));
        return new ParquetColumn(node.Name, type, leaf, node.Repetition == Repetition.Required);
    }

    private static int Leaves(Node node)
    {
        if (node is not GroupNode group)
        {
            return 1;
        }

        var leaves = 0;
        foreach (var child in group.Fields)
        {
            using (child)
            {
                leaves += Leaves(child);
            }
        }

        return leaves;
    }

    private void RefuseLarge(int group, IReadOnlyList<ParquetColumn> columns)
    {
        var (pages, needed) = (new ParquetPages(content), 0L);
        foreach (var column in columns.Distinct())
        {
            Guard(group, column, () => needed += pages.Measure(groups[group].Chunks[column.Leaf]));
            if (needed > limits.MaxParquetPageBytes)
            {
                throw HubErrors.SourceParquetTooLarge(
                    input.Source, input.Name, Place(group, column), needed >> 20, limits.MaxParquetPageBytes >> 20).ToException();
            }
        }
    }

    private void Guard(int group, ParquetColumn column, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            throw Damaged(e, group, column);
        }
    }

    private static string Place(int group, ParquetColumn? column) =>
        column is null ? $"row group {group + 1}" : $"row group {group + 1}, {column.Name} ({column.Type.Name})";

    private static Exception Translate(Exception e, FileInput input, string place) => e is HubErrorException or OperationCanceledException
        ? e : HubErrors.SourceParquetDamaged(input.Source, input.Name, place).ToException(e);
}
