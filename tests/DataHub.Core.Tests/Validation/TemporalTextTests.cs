using System.Globalization;
using System.Text;
using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Validation;

/// <summary>Dates and times: the documented spellings, nothing cut, no time that does not exist or exists twice.</summary>
public sealed class TemporalTextTests
{
    private static readonly ParseRules Hanoi = new() { TimeZone = "Asia/Ho_Chi_Minh" };
    private static readonly ParseRules Berlin = new() { TimeZone = "Europe/Berlin" };

    [Theory]
    [InlineData("2024-02-29", "")]
    [InlineData("2026-02-29", "type_mismatch")]
    [InlineData("1900-02-29", "type_mismatch")]
    [InlineData("2000-02-29", "")]
    [InlineData("0001-01-01", "")]
    [InlineData("9999-12-31", "")]
    [InlineData("0000-01-01", "type_mismatch")]
    [InlineData("10000-01-01", "type_mismatch")]
    [InlineData("2026-1-1", "type_mismatch")]
    [InlineData("2026-01-01T00:00", "type_mismatch")]
    [InlineData("23/11/2026", "type_mismatch")]
    public void Dates(string text, string codes) => Assert.Equal(codes, Encode.Codes(Encode.Column("d", "date"), text));

    [Theory]
    [InlineData("08:30", "")]
    [InlineData("08:30:59.123456", "")]
    [InlineData("08:30:59,5", "")]
    [InlineData("08:30:59.1234560", "")]
    [InlineData("08:30:59.1234567", "type_mismatch")]
    [InlineData("24:00", "type_mismatch")]
    [InlineData("23:60", "type_mismatch")]
    [InlineData("23:59:60", "type_mismatch")]
    [InlineData("8:30", "type_mismatch")]
    [InlineData("08:30.5", "type_mismatch")]
    [InlineData("08:30:", "type_mismatch")]
    public void Times(string text, string codes) => Assert.Equal(codes, Encode.Codes(Encode.Column("t", "time"), text));

    [Theory]
    [InlineData("2026-11-23T08:30:00+07:00")]
    [InlineData("2026-11-23T08:30:00+0700")]
    [InlineData("2026-11-23T08:30:00+07")]
    [InlineData("2026-11-23 08:30+07")]
    [InlineData("2026-11-23t01:30:00z")]
    [InlineData("2026-11-23T01:30:00.000000Z")]
    [InlineData("2026-11-22T20:00:00-05:30")]
    public void Offsets_name_one_moment(string text)
    {
        Assert.True(TemporalText.TryTimestamp(Encoding.UTF8.GetBytes(text), out var read, out var hasOffset));
        Assert.True(hasOffset);
        Assert.Equal((new DateTime(2026, 11, 23, 1, 30, 0) - DateTime.UnixEpoch).Ticks / 10, read);
    }

    [Theory]
    [InlineData("2026-11-23T08:30:00+7")]
    [InlineData("2026-11-23T08:30:00+07:")]
    [InlineData("2026-11-23T08:30:00+07000")]
    [InlineData("2026-11-23T08:30:00+16:00")]
    [InlineData("2026-11-23T08:30:00+07:60")]
    [InlineData("2026-11-23T08:30:00 +07")]
    [InlineData("2026-11-23T08:30:00ZZ")]
    [InlineData("2026-11-23T24:00:00Z")]
    [InlineData("2026-11-23T08:30:00.Z")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T")]
    public void Refuses_other_timestamps(string text) => Assert.False(TemporalText.TryTimestamp(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void Every_moment_reads_back() =>
        Gen.Long[0, DateTime.MaxValue.Ticks / 10].Select(Gen.Bool).Sample((microseconds, blank) =>
        {
            var moment = new DateTime(microseconds * 10);
            var text = moment.ToString(blank ? "yyyy-MM-dd HH:mm:ss.FFFFFF" : "yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            Assert.True(TemporalText.TryTimestamp(Encoding.UTF8.GetBytes(text), out var read, out var hasOffset));
            Assert.False(hasOffset);
            Assert.Equal((moment.Ticks - DateTime.UnixEpoch.Ticks) / 10, read);
        }, iter: 10_000);

    [Fact]
    public void Any_bytes_are_a_time_or_not_but_never_an_exception() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.String[Gen.Char["0129-:.,T Z+"], 0, 34].Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
        {
            _ = TemporalText.TryDate(bytes, out _);
            _ = TemporalText.TryTime(bytes, out _);
            _ = TemporalText.TryTimestamp(bytes, out _, out _);
            foreach (var (type, parse) in new[] { ("date", ParseRules.None), ("time", ParseRules.None), ("timestamp", Hanoi), ("timestamp", Berlin) })
            {
                _ = Encode.Codes(Encode.Column("d", type, parse), new Cell(SourceKind.Text, bytes));
            }
        }, iter: 5_000);

    [Fact]
    public void Any_binary_time_is_encoded_or_refused() =>
        Gen.Long.Sample(value =>
        {
            foreach (var (type, kind, parse) in new[]
            {
                ("timestamp", SourceKind.LocalTimestamp, Hanoi), ("timestamp", SourceKind.LocalTimestamp, Berlin), ("timestamp", SourceKind.Instant, ParseRules.None),
                ("date", SourceKind.Date, ParseRules.None),
            })
            {
                _ = Encode.Codes(Encode.Column("d", type, parse), new Cell(kind, value));
            }
        }, iter: 5_000);

    [Theory]
    [InlineData("0000-00-00")]
    [InlineData("0000-00-00 00:00:00")]
    public void Zero_dates_follow_the_declared_rule(string text)
    {
        var type = text.Length > 10 ? "timestamp" : "date";
        var rules = new ParseRules { ZeroDateIsNull = true, TimeZone = type == "date" ? null : "Asia/Ho_Chi_Minh" };
        Assert.Equal("zero_date", Encode.Codes(Encode.Column("d", type), text));
        Assert.Equal("", Encode.Codes(Encode.Column("d", type, rules), text));
        Assert.Equal("", Encode.Codes(Encode.Column("d", type, rules), Cell.Unreadable(type == "date" ? SourceKind.Date : SourceKind.LocalTimestamp, text)));
        Assert.Equal("required", Encode.Codes(Encode.Column("d", type, rules, required: true), text));
        Assert.Equal("key_missing", Encode.Codes(Encode.Column("d", type, rules, key: 1), text));
    }

    [Fact]
    public void A_zone_makes_local_times_utc()
    {
        ContractColumn[] columns = [Encode.Column("t", "timestamp", Hanoi)];
        Assert.Equal(Encode.Hash(columns, Cell.Text("2026-11-23T01:30:00Z")), Encode.Hash(columns, Cell.Text("2026-11-23 08:30:00")));
        Assert.Equal("type_mismatch", Encode.Codes(Encode.Column("t", "timestamp"), "2026-11-23 08:30:00"));
    }

    [Theory]
    [InlineData("2026-03-29 02:30:00", "local_time_invalid")]
    [InlineData("2026-03-29 01:59:59.999999", "")]
    [InlineData("2026-03-29 03:00:00", "")]
    [InlineData("2026-10-25 02:30:00", "local_time_invalid")]
    [InlineData("2026-10-25 03:00:00", "")]
    [InlineData("2026-10-25 02:30:00+01:00", "")]
    public void A_gap_and_an_overlap_of_daylight_saving_are_refused(string text, string codes) =>
        Assert.Equal(codes, Encode.Codes(Encode.Column("t", "timestamp", Berlin), text));

    [Theory]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("0001-01-01 06:59:59")]
    public void A_moment_that_the_zone_moves_before_year_one_is_refused(string text) =>
        Assert.Equal("number_too_large", Encode.Codes(Encode.Column("t", "timestamp", Hanoi), text));

    [Theory]
    [InlineData("date", "dd/MM/yyyy", "23/11/2026", "")]
    [InlineData("date", "dd/MM/yyyy", "2026-11-23", "type_mismatch")]
    [InlineData("date", "dd/MM/yyyy", "29/02/2026", "type_mismatch")]
    [InlineData("time", "HH'h'mm", "08h30", "")]
    [InlineData("time", "HH:mm:ss.fffffff", "08:30:00.1234560", "")]
    [InlineData("time", "HH:mm:ss.fffffff", "08:30:00.1234567", "type_mismatch")]
    [InlineData("timestamp", "dd/MM/yyyy HH:mm", "23/11/2026 08:30", "")]
    public void Declared_formats(string type, string format, string text, string codes) => Assert.Equal(codes, Encode.Codes(
        Encode.Column("d", type, new ParseRules { Format = format, TimeZone = type == "timestamp" ? "Asia/Ho_Chi_Minh" : null }), text));
}
