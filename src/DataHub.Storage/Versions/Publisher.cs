using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Quarantine;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>Who publishes what.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Lease">The worker's lease number, or null when a person approves a held run.</param>
/// <param name="Actor">Client id for the ledger.</param>
/// <param name="ContractRevisionId">Revision the records were validated by.</param>
/// <param name="AsOf">Time of the source snapshot.</param>
public sealed record Publication(long RunId, int? Lease, string Actor, long ContractRevisionId, DateTimeOffset AsOf)
{
    /// <summary>Quarantine entries that the version makes good, or null.</summary>
    public QuarantineClosing? Closing { get; init; }
}

/// <summary>
/// Step 5 of the load: one transaction under an advisory lock on the dataset. Readers see the version before or the new one, nothing between; the version row is
/// written last. It refuses when the head moved or the worker lost the run.
/// </summary>
public sealed class Publisher(StoreConnections connections)
{
    /// <summary>Class of the advisory locks that serialise publishing, one a dataset.</summary>
    public const int LockClass = 0x44485542;

    /// <returns>Number of the new version.</returns>
    public async Task<int> PublishAsync(Candidate candidate, StoreLayout layout, Publication publication, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var statements = new PublishStatements(connection, candidate, layout);
        await statements.LockAsync(LockClass, cancellation);
        await statements.CheckOwnerAsync(publication, cancellation);
        var line = await statements.ReadLineAsync(publication.ContractRevisionId, cancellation);
        if (line.Head != candidate.BaseSeq)
        {
            throw HubErrors.CandidateOutdated(publication.RunId).ToException();
        }

        var seq = line.LastSeq + 1;
        if (candidate.IsFirstLoad)
        {
            await statements.AdoptPairAsync(seq, publication.RunId, cancellation);
        }
        else
        {
            await statements.ApplyDeltaAsync(seq, cancellation);
        }

        await statements.SupersedeHeldAsync(publication.RunId, cancellation);
        await statements.AdvanceHeadAsync(seq, cancellation);
        await statements.MoveWatermarkAsync(publication, seq, cancellation);
        await statements.FinishRunAsync(publication, seq, cancellation);
        await ReplayItems.ResolveAsync(connection, publication.RunId, seq, cancellation);
        if (publication.Closing is { } closing)
        {
            await QuarantineSettlement.CloseAsync(connection, candidate.DatasetId, closing, cancellation);
        }

        var digest = Digest(line, seq, candidate);
        await statements.WriteLedgerAsync(publication, Evidence(candidate, seq, line, digest), cancellation);
        await statements.WriteVersionAsync(publication, line, seq, digest, cancellation);
        await transaction.CommitAsync(cancellation);
        return seq;
    }

    /// <summary>SHA-256 over the previous digest, number, contract, counts, checksum and the ordered changes.</summary>
    private static byte[] Digest(DatasetLine line, int seq, Candidate candidate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(line.LastDigest);
        Span<byte> numbers = stackalloc byte[36];
        BinaryPrimitives.WriteInt32BigEndian(numbers, seq);
        BinaryPrimitives.WriteInt64BigEndian(numbers[4..], candidate.Records);
        BinaryPrimitives.WriteInt64BigEndian(numbers[12..], candidate.Counts.New);
        BinaryPrimitives.WriteInt64BigEndian(numbers[20..], candidate.Counts.Changed);
        BinaryPrimitives.WriteInt64BigEndian(numbers[28..], candidate.Counts.Removed);
        hash.AppendData(numbers);
        hash.AppendData(line.ContractDigest);
        hash.AppendData(Convert.FromHexString(candidate.Checksum));
        hash.AppendData(Convert.FromHexString(candidate.ChangesDigest));
        return hash.GetHashAndReset();
    }

    private static string Evidence(Candidate candidate, int seq, DatasetLine line, byte[] digest) => JsonSerializer.Serialize(new
    {
        seq,
        label = $"v{line.ContractMajor}.{line.ContractMinor}.{line.Release}",
        candidate.Records,
        counts = candidate.Counts,
        candidate.Checksum,
        candidate.ChangesDigest,
        contractDigest = Convert.ToHexStringLower(line.ContractDigest),
        digest = Convert.ToHexStringLower(digest),
    }, JsonSerializerOptions.Web);
}

/// <summary>Where a dataset's line of versions stands, read under the lock.</summary>
internal sealed record DatasetLine(
    int Head, int LastSeq, byte[] LastDigest, byte[] ContractDigest, int ContractMajor, int ContractMinor, int Release);
