using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>Reads one file after another of a pull. An implementation is one kind of file, with its source's settings.</summary>
internal interface IFileFormat
{
    /// <summary>
    /// Opens a file before its first record, its columns found by the contract; the input outlives the reader. Expected failures leave as
    /// <c>source_*</c> errors that name the input.
    /// </summary>
    Task<IFileReader> OpenAsync(FileInput input, PullRequest request, CancellationToken cancellation);

    /// <summary>Adds what a listing says of a file: its columns and an estimate of its records.</summary>
    Task<SourceTable> DescribeAsync(SourceTable table, FileInput input, CancellationToken cancellation);
}

/// <summary>The records of one file. Fields and positions are those of <see cref="IRecordReader"/>.</summary>
internal interface IFileReader : IRecordReader
{
    /// <summary>Names (and types, where files have them) of all its columns: the same in every file of a pull.</summary>
    IReadOnlyList<string> Header { get; }
}
