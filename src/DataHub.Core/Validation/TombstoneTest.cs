using System.Globalization;
using System.Buffers.Binary;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>Whether a record's tombstone column says that the source deleted it: true, any time, or one of the declared texts.</summary>
internal sealed class TombstoneTest
{
    private readonly RecordBuffer buffer = new();
    private readonly List<Violation> broken = [];
    private readonly ColumnEncoder encoder;
    private readonly ContractColumn column;
    private readonly int index;
    private readonly TextSet? texts;

    public TombstoneTest(DataContract contract)
    {
        column = contract.Pull.Tombstone! with { Required = false, Rules = ValueRules.None };
        texts = contract.Pull.TombstoneTexts;
        index = contract.Columns.Index().First(c => c.Item.Name == column.Name).Index;
        encoder = ColumnEncoder.For(column, 1);
    }

    /// <summary>A value that cannot be read says nothing.</summary>
    public bool Says(RecordBatch batch, int row)
    {
        buffer.Clear();
        broken.Clear();
        encoder.Encode(batch.Columns[index], row, buffer, broken);
        if (broken.Count > 0 || buffer.CanonicalLength == 0)
        {
            return false;
        }

        var value = buffer.CanonicalBytes(buffer.LastCanonical, buffer.CanonicalLength - buffer.LastCanonical);
        return column.Type.Kind switch
        {
            ColumnKind.Boolean => value[0] != 0,
            ColumnKind.Text => texts!.Contains(value),
            ColumnKind.Int32 or ColumnKind.Int64 =>
                texts!.Items.Contains(BinaryPrimitives.ReadInt64BigEndian(value).ToString(CultureInfo.InvariantCulture)),
            _ => true,
        };
    }
}
