using System.Globalization;
using System.Numerics;
using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Validation;

/// <summary>Numbers: read exactly as declared or refused; nothing is guessed, nothing is rounded.</summary>
public sealed class NumberTextTests
{
    private static readonly ParseRules Vietnamese = new() { DecimalChar = ',', GroupChar = '.' };

    [Theory]
    [InlineData("1.234.567,89", "1234567.89")]
    [InlineData("-1.234,5", "-1234.5")]
    [InlineData("+12", "12")]
    [InlineData("1234567,8", "1234567.8")]
    [InlineData("000.123", "123")]
    [InlineData("0,00", "0.00")]
    public void Reads_the_declared_form(string text, string value)
    {
        Assert.Equal(NumberOutcome.Read, NumberText.TryRead(Utf8(text), Vietnamese, out var read));
        Assert.Equal(decimal.Parse(value, CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData("12.34.567")]
    [InlineData("1.2345")]
    [InlineData("1.234.56")]
    [InlineData("1234.567")]
    [InlineData(".123")]
    [InlineData("1..234")]
    [InlineData("1,2,3")]
    [InlineData("1,2.345")]
    [InlineData("1,")]
    [InlineData(",5")]
    [InlineData("1.234.")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e3")]
    [InlineData("12 đ")]
    [InlineData("１２")]
    public void Refuses_every_other_form(string text) =>
        Assert.Equal(NumberOutcome.NotANumber, NumberText.TryRead(Utf8(text), Vietnamese, out _));

    [Theory]
    [InlineData("9999999999999999999999999999", "")]
    [InlineData("10000000000000000000000000000", "number_too_large")]
    [InlineData("12345678901234567890123456789", "number_too_large")]
    [InlineData("0000000000000000000000000000000000000000001", "")]
    public void Twenty_eight_digits_are_the_limit(string text, string codes) => Assert.Equal(codes, Encode.Codes(Encode.Column("n", "decimal(28,0)"), text));

    [Theory]
    [InlineData("0.00000000000000000000000000001")]
    [InlineData("0.01234567890123456789012345678")]
    [InlineData("-0.00000000000000000000000000009")]
    public void More_than_28_places_are_not_rounded_away(string text)
    {
        Assert.Equal("scale_exceeded", Encode.Codes(Encode.Column("n", "decimal(28,28)"), text));
        Assert.Equal("scale_exceeded", Encode.Codes(Encode.Column("n", "int64"), text));
    }

    [Fact]
    public void Zeros_behind_the_28th_place_say_nothing() =>
        Assert.Equal("", Encode.Codes(Encode.Column("n", "decimal(5,2)"), "1.50000000000000000000000000000000000"));

    [Fact]
    public void Any_digits_are_read_exactly_or_refused() =>
        Gen.Select(Gen.String[Gen.Char["0123456789"], 1, 24], Gen.String[Gen.Char["0123456789"], 0, 32], Gen.Bool).Sample((whole, fraction, minus) =>
        {
            var text = (minus ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
            if (NumberText.TryRead(Utf8(text), ParseRules.None, out var value) != NumberOutcome.Read)
            {
                var digits = (whole.TrimStart('0') + fraction.TrimEnd('0')).TrimStart('0').Length;
                Assert.True(digits > 28 || fraction.TrimEnd('0').Length > 28 || whole.TrimStart('0').Length > 28 || text.Length > 64, text);
                return;
            }

            var scale = Math.Max(fraction.Length, value.Scale);
            var exact = BigInteger.Parse(whole + fraction.PadRight(scale, '0'), CultureInfo.InvariantCulture) * (minus ? -1 : 1);
            Assert.Equal(exact, Unscaled(value) * BigInteger.Pow(10, scale - value.Scale));
        }, iter: 20_000);

    [Fact]
    public void Any_bytes_are_a_number_or_not_but_never_an_exception() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Bool).Sample((bytes, plain) =>
        {
            _ = NumberText.TryRead(bytes, plain ? ParseRules.None : Vietnamese, out _);
            _ = NumberText.TryReadFloat(bytes, plain ? ParseRules.None : Vietnamese, out _);
        }, iter: 20_000);

    [Fact]
    public void Any_number_signs_are_a_number_or_not() =>
        Gen.String[Gen.Char["0123456789.,-+ eE"], 0, 70].Sample(text =>
        {
            _ = NumberText.TryRead(Utf8(text), Vietnamese, out _);
            _ = NumberText.TryReadFloat(Utf8(text), Vietnamese, out _);
        }, iter: 20_000);

    [Theory]
    [InlineData("int32", "2147483647", "")]
    [InlineData("int32", "2147483648", "number_too_large")]
    [InlineData("int32", "-2147483648", "")]
    [InlineData("int32", "7.00", "")]
    [InlineData("int32", "7.5", "scale_exceeded")]
    [InlineData("int64", "9223372036854775807", "")]
    [InlineData("int64", "9223372036854775808", "number_too_large")]
    [InlineData("int64", "-9223372036854775809", "number_too_large")]
    [InlineData("decimal(5,2)", "999.99", "")]
    [InlineData("decimal(5,2)", "1000", "number_too_large")]
    [InlineData("decimal(5,2)", "-999.99", "")]
    [InlineData("decimal(5,2)", "1.005", "scale_exceeded")]
    [InlineData("decimal(5,2)", "1.0000", "")]
    [InlineData("float64", "1e308", "")]
    [InlineData("float64", "1e309", "not_finite")]
    [InlineData("float64", "NaN", "not_finite")]
    [InlineData("float64", "1,5", "type_mismatch")]
    [InlineData("boolean", "true", "")]
    [InlineData("boolean", "True", "type_mismatch")]
    [InlineData("boolean", "1", "type_mismatch")]
    [InlineData("boolean", "truex", "type_mismatch")]
    public void Ranges_of_the_types(string type, string text, string codes) => Assert.Equal(codes, Encode.Codes(Encode.Column("n", type), text));

    [Fact]
    public void What_a_source_cannot_express_is_named_by_its_text()
    {
        var column = Encode.Column("n", "decimal(28,2)");
        Assert.Equal("number_too_large", Encode.Codes(column, Cell.Unreadable(SourceKind.Decimal, "1" + new string('0', 40))));
        Assert.Equal("not_finite", Encode.Codes(column, Cell.Unreadable(SourceKind.Decimal, "NaN")));
        Assert.Equal("not_finite", Encode.Codes(Encode.Column("n", "float64"), new Cell(SourceKind.Float64, double.PositiveInfinity)));
    }

    private static BigInteger Unscaled(decimal value)
    {
        var bits = decimal.GetBits(value);
        var magnitude = (new BigInteger((uint)bits[2]) << 64) | (new BigInteger((uint)bits[1]) << 32) | (uint)bits[0];
        return bits[3] < 0 ? -magnitude : magnitude;
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
