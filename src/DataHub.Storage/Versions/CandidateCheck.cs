using System.Buffers.Binary;
using DataHub.Core.Contracts;
using DataHub.Core.Quality;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Copy;
using DataHub.Storage.Loads;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>Step 4 of the load: measures the whole candidate, outside the publish transaction.</summary>
public sealed class CandidateCheck(StoreConnections connections)
{
    /// <summary>Adds checksum and digest of the changes, unless the load had all hashes in memory and did so itself. The changes are ordered by (before, after), so that anyone who has them can compute the digest.</summary>
    /// <param name="candidate">What was loaded.</param>
    /// <param name="checksumBefore">Checksum of the version before, 16 bytes; zeros for a first load.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Candidate> MeasureAsync(Candidate candidate, StoreLayout layout, byte[] checksumBefore, CancellationToken cancellation)
    {
        if (candidate.ChangesDigest.Length > 0)
        {
            return candidate;
        }

        var sql = new StoreSql(layout);
        var changes = candidate.IsFirstLoad
            ? $"SELECT NULL::uuid, row_hash FROM {candidate.Pair.Current} ORDER BY row_hash"
            : $"""
                SELECT c.row_hash, d.row_hash FROM {candidate.Delta} d
                LEFT JOIN {candidate.Pair.Current} c ON d.op <> 'i' AND {sql.KeysEqual("c", "d")} ORDER BY 1 NULLS FIRST, 2 NULLS FIRST
                """;
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var reader = await CopyTupleReader.BeginAsync(connection, $"COPY ({changes}) TO STDOUT (FORMAT BINARY)", cancellation);
        using var measure = new ChangesMeasure(BinaryPrimitives.ReadUInt128BigEndian(checksumBefore));
        while (await reader.ReadAsync(cancellation))
        {
            Take(reader, measure);
        }

        return measure.Of(candidate);
    }

    /// <summary>Measures the contract's rules over what the version would be; returns the broken ones.</summary>
    public async Task<IReadOnlyList<Finding>> JudgeRulesAsync(
        Candidate candidate, StoreLayout layout, DataContract contract, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        var sql = new QualitySql(layout, candidate);
        foreach (var rule in contract.Rules)
        {
            if (rule.Metric == QualityMetric.RowCount)
            {
                Judge(rule, candidate.Records);
                continue;
            }

            Judge(rule, rule.Pattern is null
                ? await MeasureAsync(sql, rule, cancellation) : await MeasurePatternAsync(sql, rule, cancellation));
        }

        return findings;

        void Judge(QualityRule rule, long count)
        {
            var value = QualityJudge.InUnit(rule, count, candidate.Records);
            if (!QualityJudge.Keeps(rule, value))
            {
                findings.Add(QualityJudge.Broken(rule, value));
            }
        }
    }

    private async Task<long> MeasureAsync(QualitySql sql, QualityRule rule, CancellationToken cancellation)
    {
        await using var command = connections.Merge.CreateCommand(sql.Measure(rule));
        command.Parameters.AddWithValue(rule.Metric == QualityMetric.MissingValues ? rule.MissingValues.ToArray() : rule.ValidValues.ToArray());
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Patterns are .NET's, in a rule as on a column: PostgreSQL's own would read some of them differently, and some not at all.</summary>
    private async Task<long> MeasurePatternAsync(QualitySql sql, QualityRule rule, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var reader = await CopyTupleReader.BeginAsync(connection, sql.Texts(rule), cancellation);
        var test = new ValueTest(rule);
        long invalid = 0;
        while (await reader.ReadAsync(cancellation))
        {
            reader.Next(out var text);
            invalid += test.Passes(text) ? 0 : 1;
        }

        return invalid;
    }

    private static void Take(CopyTupleReader reader, ChangesMeasure measure)
    {
        UInt128? before = reader.Next(out var bytes) ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : null;
        UInt128? after = reader.Next(out bytes) ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : null;
        measure.Add(before, after);
    }
}
