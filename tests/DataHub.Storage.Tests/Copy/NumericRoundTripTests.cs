using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DataHub.Core.Records;
using DataHub.Storage.Copy;
using DataHub.TestKit;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Copy;

/// <summary>The hub's binary numeric against PostgreSQL's own: what is written is what the server shows, and reads back as it was.</summary>
public sealed class NumericRoundTripTests
{
    [Fact]
    public async Task Any_decimal_is_written_as_PostgreSQL_understands_it_and_reads_back()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("CREATE TABLE numbers (id int, n numeric)");
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        var numbers = Numbers().ToList();
        await WriteAsync(connection, numbers);
        await using (var command = new NpgsqlCommand("SELECT n::text, trim_scale(n)::text FROM numbers ORDER BY id", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            foreach (var number in numbers)
            {
                Assert.True(await reader.ReadAsync());
                Assert.Equal((number == 0 ? Math.Abs(number) : number).ToString(CultureInfo.InvariantCulture), reader.GetString(0));
                Assert.Equal(Shortest(number), reader.GetString(1));
            }
        }

        await ReadBackAsync(connection, "SELECT n FROM numbers ORDER BY id", numbers);

        // The server's own numerics, made from text, not from the hub's bytes.
        await ReadBackAsync(connection, "SELECT n::text::numeric FROM numbers ORDER BY id", numbers);
        await ReadBackAsync(connection, "SELECT trim_scale(n) FROM numbers ORDER BY id", numbers);
    }

    [Theory]
    [InlineData("'NaN'")]
    [InlineData("'Infinity'")]
    [InlineData("'-Infinity'")]
    [InlineData("1e29")]
    [InlineData("1e-29")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1234567890.12345678901234567891")]
    public async Task What_a_decimal_cannot_hold_is_refused(string number)
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var tuples = await CopyTupleReader.BeginAsync(connection, $"COPY (SELECT ({number})::numeric) TO STDOUT (FORMAT BINARY)", CancellationToken.None);
        Assert.True(await tuples.ReadAsync(CancellationToken.None));
        tuples.Next(out var value);
        Assert.False(PgNumeric.TryRead(value, out _));
        Assert.False(await tuples.ReadAsync(CancellationToken.None));
    }

    private static async Task WriteAsync(NpgsqlConnection connection, List<decimal> numbers)
    {
        await using var writer = await CopyTupleWriter.BeginAsync(connection, "COPY numbers FROM STDIN (FORMAT BINARY)", CancellationToken.None);
        var room = new byte[PgNumeric.MaxBytes + 4];
        for (var i = 0; i < numbers.Count; i++)
        {
            writer.BeginTuple(2);
            writer.Int32(i);
            var length = PgNumeric.Write(room.AsSpan(4), numbers[i], numbers[i].Scale);
            Assert.InRange(length, 8, PgNumeric.MaxBytes);
            BinaryPrimitives.WriteInt32BigEndian(room, length);
            writer.Raw(room.AsSpan(0, length + 4));
            await writer.FlushAsync(CancellationToken.None);
        }

        await writer.CompleteAsync(CancellationToken.None);
    }

    private static async Task ReadBackAsync(NpgsqlConnection connection, string select, List<decimal> numbers)
    {
        await using var tuples = await CopyTupleReader.BeginAsync(connection, $"COPY ({select}) TO STDOUT (FORMAT BINARY)", CancellationToken.None);
        foreach (var number in numbers)
        {
            Assert.True(await tuples.ReadAsync(CancellationToken.None));
            tuples.Next(out var value);
            Assert.True(PgNumeric.TryRead(value, out var read), number.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(number, read);
        }

        Assert.False(await tuples.ReadAsync(CancellationToken.None));
    }

    private static string Shortest(decimal number)
    {
        Span<byte> room = stackalloc byte[64];
        return Encoding.ASCII.GetString(room[..PgNumeric.WriteShortest(room, number)]);
    }

    private static IEnumerable<decimal> Numbers()
    {
        decimal[] edges = [0m, -0m, 0.00m, 1m, -1m, 0.1m, 10000m, 9999m, 0.0001m, 0.00001m, 100000000m, 1.5000m, decimal.MaxValue, decimal.MinValue,
            9999999999999999999999999999m, -0.9999999999999999999999999999m, 0.0000000000000000000000000001m, 10000000000000000000000000000m, 12345678901234.56789012345678m];
        foreach (var edge in edges)
        {
            yield return edge;
        }

        var random = new Random(28);
        for (var i = 0; i < 20_000; i++)
        {
            // Few digits, many digits, and many zeros inside: groups of four that are empty.
            var digits = random.Next(1, 29);
            var text = new string([.. Enumerable.Range(0, digits).Select(_ => random.Next(3) == 0 ? (char)('0' + random.Next(10)) : i % 2 == 0 ? '0' : (char)('0' + random.Next(10)))]);
            var scale = random.Next(0, 29);
            var whole = decimal.Parse(text, CultureInfo.InvariantCulture);
            var bits = decimal.GetBits(whole);
            yield return new decimal(bits[0], bits[1], bits[2], random.Next(2) == 0, (byte)scale);
        }
    }
}
