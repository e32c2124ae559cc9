using System.Text;
using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Validation;

/// <summary>Remembering valid texts changes no verdict: a long pull says of every value what a pull of that value alone says.</summary>
public sealed class KnownTextsTests
{
    private static readonly ContractColumn[] Columns =
    [
        Encode.Column("a", "text", new ParseRules { Nfc = true }, new ValueRules { MinLength = 2, MaxLength = 9, Pattern = "^[^x]*$" }),
        Encode.Column("k", "text", ParseRules.None, ValueRules.None) with { KeyPosition = 1 },
    ];

    private static readonly byte[][] Special =
    [
        .. new[] { "ab", "ax", "b", "Trà Vinh", "a\u0300b", "0123456789", "" }.Select(Encoding.UTF8.GetBytes), [0xFF, 0x61], [0x61, 0x00, 0x62],
    ];

    // Few different texts, so that they repeat; broken ones, normalised ones and such of one slot among them.
    private static readonly Gen<byte[]> Texts = Gen.OneOf(
        Gen.Int[0, Special.Length - 1].Select(i => Special[i]),
        Gen.Int[0, 400].Select(i => Encoding.UTF8.GetBytes(FormattableString.Invariant($"k{i}"))));

    [Fact]
    public void A_repeated_text_gets_the_verdict_and_the_bytes_it_gets_alone() => Texts.Array[1_100, 2_000].Sample(
        texts =>
        {
            SourceField[] fields = [new("a", SourceKind.Text, "text"), new("k", SourceKind.Text, "text")];
            var contract = Encode.Contract(Columns);
            var remembering = new RecordEncoder(contract, Encode.Layout(contract), fields);
            foreach (var text in texts)
            {
                var (alone, batch, valid) = Encode.Record(Columns, new Cell(SourceKind.Text, text), new Cell(SourceKind.Text, "k"u8.ToArray()));
                Assert.Equal(valid, remembering.Encode(batch, 0));
                Assert.Equal(alone.Violations.Select(v => v.Code), remembering.Violations.Select(v => v.Code));
                Assert.True(!valid || remembering.Record.Tuple.SequenceEqual(alone.Record.Tuple));
                Assert.True(!valid || remembering.Record.Hash() == alone.Record.Hash());
            }
        },
        iter: 4);
}
