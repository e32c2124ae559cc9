using CsCheck;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Tests.Validation;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Records;

/// <summary>A key has one spelling in a path: what is written reads back, everything else is refused and nothing throws otherwise.</summary>
public sealed class KeyTextTests
{
    public static TheoryData<string, object, string> Spellings => new()
    {
        { "text", "H08.12", "H08.12" },
        { "text", "", "~" },
        { "text", ".", "~Lg" },
        { "text", "..", "~Li4" },
        { "text", "a,b", "~YSxi" },
        { "text", "~a", "~fmE" },
        { "text", "Huế", "~SHXhur8" },
        { "int32", -5, "-5" },
        { "int64", long.MinValue, "-9223372036854775808" },
        { "decimal(10,2)", 1.50m, "1.5" },
        { "decimal(28,0)", 9999999999999999999999999999m, "9999999999999999999999999999" },
        { "boolean", true, "true" },
        { "date", new DateOnly(2026, 11, 23), "2026-11-23" },
        { "time", new TimeOnly(8, 30), "08:30:00" },
        { "time", new TimeOnly(8, 30).Add(TimeSpan.FromMicroseconds(1)), "08:30:00.000001" },
        { "timestamp", new DateTime(2026, 11, 23, 1, 30, 0, DateTimeKind.Utc), "2026-11-23T01:30:00Z" },
        { "bytes", new byte[] { 1, 2, 250 }, "AQL6" },
        { "bytes", Array.Empty<byte>(), "~" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_type_has_one_spelling(string type, object value, string text)
    {
        Assert.Equal(text, KeyText.Format([value]));
        Assert.Equal(value, Assert.Single(KeyText.Parse(text, Key(type))));
    }

    [Theory]
    [InlineData("int32", "+5")]
    [InlineData("int32", "05")]
    [InlineData("int32", "-0")]
    [InlineData("int32", " 5")]
    [InlineData("int32", "2147483648")]
    [InlineData("int32", "~NQ")]
    [InlineData("decimal(10,2)", "1.50")]
    [InlineData("decimal(10,2)", "-0")]
    [InlineData("decimal(10,2)", "1e2")]
    [InlineData("decimal(10,2)", ".5")]
    [InlineData("decimal(10,2)", "79228162514264337593543950335.4")]
    [InlineData("boolean", "True")]
    [InlineData("boolean", "1")]
    [InlineData("date", "2026-1-1")]
    [InlineData("date", "2026-02-29")]
    [InlineData("time", "08:30")]
    [InlineData("time", "08:30:00.10")]
    [InlineData("time", "08:30:00.")]
    [InlineData("timestamp", "2026-11-23T01:30:00")]
    [InlineData("timestamp", "2026-11-23T01:30:00.0Z")]
    [InlineData("timestamp", "2026-11-23T08:30:00+07:00")]
    [InlineData("bytes", "AQL6==")]
    [InlineData("bytes", "AR")]
    [InlineData("text", "~SHXhur8=")]
    [InlineData("text", "~SDA4")]
    [InlineData("text", "~/w")]
    [InlineData("text", "~_w")]
    [InlineData("text", "a b")]
    [InlineData("text", "Huế")]
    [InlineData("text", "")]
    [InlineData("text", "a,b")]
    [InlineData("text", "~AA")]
    [InlineData("text", "~YQBi")]
    public void Other_spellings_are_refused(string type, string text) =>
        Assert.Equal("key_malformed", Assert.Throws<HubErrorException>(() => KeyText.Parse(text, Key(type))).Error.Code);

    [Fact]
    public void Any_text_reads_back_in_any_company() =>
        Gen.Select(Gen.String, Gen.Int, Gen.Decimal).Sample((text, number, exact) =>
        {
            if (text.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(text))
            {
                return;
            }

            var path = KeyText.Format([text, number, exact]);
            Assert.Equal(3, path.Split(',').Length);
            var values = KeyText.Parse(path, Key("text", "int32", "decimal(28,10)"));
            Assert.Equal((text, number, exact), ((string)values[0], (int)values[1], (decimal)values[2]));
        }, iter: 5_000);

    [Fact]
    public void Any_path_is_a_key_in_its_only_spelling_or_refused()
    {
        string[] types = ["text", "int32", "int64", "decimal(10,2)", "boolean", "date", "time", "timestamp", "bytes", "float64"];
        Gen.Select(Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789-+.:TZ~,eAQ_="], 0, 24]), Gen.Int[0, types.Length - 1]).Sample((path, type) =>
        {
            try
            {
                Assert.Equal(path, KeyText.Format(KeyText.Parse(path, Key(types[type]))));
            }
            catch (HubErrorException e)
            {
                Assert.Equal("key_malformed", e.Error.Code);
            }
        }, iter: 20_000);
    }

    private static bool IsWellFormed(string text) => text == new string([.. text.EnumerateRunes().SelectMany(r => r.ToString())])
        && !text.Contains('�', StringComparison.Ordinal);

    private static StoreColumn[] Key(params string[] types) => [.. types.Select((t, i) => new StoreColumn(i + 1, "k" + i, Encode.TypeOf(t), i + 1))];
}
