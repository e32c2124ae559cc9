using CsCheck;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Versioning;

/// <summary>The one grammar of versions: each has one spelling, and no text makes it throw.</summary>
public sealed class VersionReferenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_spelling_is_read()
    {
        Assert.Equal(new VersionReference(VersionReferenceKind.Latest), Read("latest"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Seq) { Seq = 57 }, Read("57"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Label) { Major = 2, Minor = 3, Release = 418 }, Read("v2.3.418"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Minor) { Major = 2, Minor = 0 }, Read("v2.0"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Major) { Major = 0 }, Read("v0"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Moment) { Moment = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) }, Read("@2026-03-01T00:00:00Z"));
        Assert.Equal(Read("@2026-03-01T00:00:00Z"), Read("@2026-03-01T00:00:00.000Z"));
        Assert.Equal(Read("@2026-03-01T00:00:00Z").Moment.AddMicroseconds(500_001), Read("@2026-03-01T00:00:00.500001Z").Moment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("57\n")]
    [InlineData("v2\n")]
    [InlineData("v")]
    [InlineData("v01")]
    [InlineData("v1.")]
    [InlineData("v1.02")]
    [InlineData("v1.2.3.4")]
    [InlineData("V1")]
    [InlineData("1.2")]
    [InlineData("Latest")]
    [InlineData("latest ")]
    [InlineData("٥٧")]
    [InlineData("@")]
    [InlineData("@2026-03-01")]
    [InlineData("@2026-03-01T00:00:00")]
    [InlineData("@2026-03-01T00:00:00+07:00")]
    [InlineData("@2026-02-30T00:00:00Z")]
    [InlineData("@2026-03-01T24:00:00Z")]
    [InlineData("@2026-03-01T00:00:00.Z")]
    [InlineData("@2026-03-01T00:00:00.1234567Z")]
    [InlineData("@ 2026-03-01T00:00:00Z")]
    [InlineData("@2026-03-01T00:00:00Z\n")]
    public void Other_spellings_are_refused(string text) => Assert.False(VersionReference.TryParse(text, out _));

    [Theory]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    [InlineData("v1.2.99999999999")]
    public void A_number_too_large_is_well_spelled_and_names_nothing(string text)
    {
        Assert.True(VersionReference.TryParse(text, out var reference));
        Assert.Contains(int.MaxValue, new[] { reference.Seq, reference.Release });
    }

    [Fact]
    public void Any_text_is_a_reference_or_not() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["v0123456789.@-:TZlates\n "], 0, 24]).Sample(text => { _ = VersionReference.TryParse(text, out _); }, iter: 20_000);

    [Fact]
    public void Every_number_reads_back() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue]).Sample((a, b, c) =>
    {
        Assert.Equal(new VersionReference(VersionReferenceKind.Label) { Major = a, Minor = b, Release = c }, Read($"v{a}.{b}.{c}"));
        Assert.Equal(new VersionReference(VersionReferenceKind.Minor) { Major = a, Minor = b }, Read($"v{a}.{b}"));
    });

    [Theory]
    [InlineData("57", false)]
    [InlineData("v1.2.3", false)]
    [InlineData("v1.2", true)]
    [InlineData("v1", true)]
    [InlineData("latest", true)]
    [InlineData("@2026-11-23T11:59:59Z", false)]
    [InlineData("@2026-11-23T12:00:00Z", true)]
    [InlineData("@2027-01-01T00:00:00Z", true)]
    public void Only_what_a_later_publication_can_change_is_moving(string text, bool moving) => Assert.Equal(moving, Read(text).IsMoving(Now));

    private static VersionReference Read(string text)
    {
        Assert.True(VersionReference.TryParse(text, out var reference), text);
        return reference;
    }
}
