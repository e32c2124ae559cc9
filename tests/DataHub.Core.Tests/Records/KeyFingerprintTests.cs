using CsCheck;
using DataHub.Core.Records;
using DataHub.Core.Tests.Validation;

namespace DataHub.Core.Tests.Records;

/// <summary>Two different keys never share a fingerprint below 16 bytes, and never by how a compound key is cut.</summary>
public sealed class KeyFingerprintTests
{
    [Fact]
    public void Short_keys_are_themselves() =>
        Gen.Select(Gen.Byte.Array[0, 15], Gen.Byte.Array[0, 15]).Sample(
            (a, b) => Assert.Equal(a.AsSpan().SequenceEqual(b), KeyFingerprint.Of(a) == KeyFingerprint.Of(b)), iter: 10_000);

    [Fact]
    public void Zeros_at_the_end_count()
    {
        var prints = Enumerable.Range(0, 40).Select(n => KeyFingerprint.Of(new byte[n])).ToList();
        Assert.Equal(40, prints.Distinct().Count());
    }

    [Fact]
    public void Fifteen_bytes_are_exact_and_sixteen_are_a_digest()
    {
        var key = Enumerable.Range(1, 16).Select(i => (byte)i).ToArray();
        Assert.Equal(15u, (uint)(KeyFingerprint.Of(key.AsSpan(0, 15)) & 0xFF));
        Assert.Equal(0x80u, (uint)(KeyFingerprint.Of(key) & 0x80));
    }

    [Fact]
    public void A_digest_never_equals_a_short_key() =>
        Gen.Select(Gen.Byte.Array[0, 15], Gen.Byte.Array[16, 60]).Sample((a, b) => Assert.NotEqual(KeyFingerprint.Of(a), KeyFingerprint.Of(b)), iter: 10_000);

    [Theory]
    [InlineData("a", "bc", "ab", "c")]
    [InlineData("", "abc", "abc", "")]
    [InlineData("a,b", "c", "a", "b,c")]
    [InlineData("một khóa dài hơn mười lăm", "byte", "một khóa dài hơn mười lămb", "yte")]
    public void Parts_of_a_compound_key_do_not_run_together(string a1, string a2, string b1, string b2)
    {
        Assert.NotEqual(Key(a1, a2), Key(b1, b2));
        Assert.Equal(Key(a1, a2), Key(a1, a2));
    }
    private static UInt128 Key(string first, string second) => Encode.Record(
        [Encode.Column("a", "text", key: 1), Encode.Column("b", "text", key: 2)], Cell.Text(first), Cell.Text(second)).Encoder.Key;
}
