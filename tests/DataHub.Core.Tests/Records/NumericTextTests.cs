using System.Globalization;
using System.Text;
using CsCheck;
using DataHub.Core.Records;

namespace DataHub.Core.Tests.Records;

/// <summary>The digits of a binary numeric, written without a decimal in between.</summary>
public sealed class NumericTextTests
{
    [Fact]
    public void Digits_equal_the_decimals_own_at_every_scale() => Gen.Select(Gen.Decimal, Gen.Int[0, 28], Gen.Int[0, 28]).Sample((number, digits, scale) =>
    {
        var value = Fit(number, digits, scale);
        Assert.Equal(value.ToString("F" + scale, CultureInfo.InvariantCulture), Text(value, scale));
    }, iter: 20_000);

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0", 2, "0.00")]
    [InlineData("1.5", 2, "1.50")]
    [InlineData("-0.0001", 4, "-0.0001")]
    [InlineData("-0.00001", 10, "-0.0000100000")]
    [InlineData("10000", 0, "10000")]
    [InlineData("100000000.00010001", 8, "100000000.00010001")]
    [InlineData("9999999999999999999999999999", 0, "9999999999999999999999999999")]
    [InlineData("-0.0000000000000000000000000001", 28, "-0.0000000000000000000000000001")]
    public void Scale_is_kept(string number, int scale, string text) => Assert.Equal(text, Text(decimal.Parse(number, CultureInfo.InvariantCulture), scale));

    [Fact]
    public void What_no_contract_can_declare_is_a_fault() => Assert.Throws<InvalidDataException>(() => PgNumeric.Format([0, 0, 0, 0, 0xC0, 0, 0, 0], new byte[80]));

    private static decimal Fit(decimal number, int digits, int scale)
    {
        var value = decimal.Round(number % (decimal)Math.Pow(10, Math.Min(digits, 28 - scale)), scale);
        return value == 0 ? 0 : value;
    }

    private static string Text(decimal value, int scale)
    {
        Span<byte> binary = stackalloc byte[PgNumeric.MaxBytes + 16];
        Span<byte> text = stackalloc byte[PgNumeric.MaxText];
        var length = PgNumeric.Write(binary, value, scale);
        return Encoding.ASCII.GetString(text[..PgNumeric.Format(binary[..length], text)]);
    }
}
