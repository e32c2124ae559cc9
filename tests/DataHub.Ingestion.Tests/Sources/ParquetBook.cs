using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;
using Encoding = System.Text.Encoding;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Writes a column's values of one row group.</summary>
internal delegate void ColumnValues(ColumnWriter writer);

/// <summary>Parquet files column by column, in the forms that writers of all kinds leave.</summary>
internal static class ParquetBook
{
    public static (PrimitiveNode Node, ColumnValues Write) Column<T>(
        string name, PhysicalType physical, LogicalType logical, T[] values, int length = -1)
        where T : unmanaged =>
        (new PrimitiveNode(name, Repetition.Required, logical, physical, length), w => ((ColumnWriter<T>)w).WriteBatch(values));

    /// <summary>Texts or bytes; null is a null.</summary>
    public static (PrimitiveNode Node, ColumnValues Write) Bytes(string name, LogicalType logical, params byte[]?[] values) =>
        (new PrimitiveNode(name, Repetition.Optional, logical, PhysicalType.ByteArray), w =>
        {
            using var buffer = new ByteBuffer(1 << 20);
            var writer = (ColumnWriter<ByteArray>)w;
            writer.WriteBatch(values.Length, [.. values.Select(v => (short)(v is null ? 0 : 1))], [],
                [.. values.OfType<byte[]>().Select(v => Keep(buffer, v))]);
        });

    public static (PrimitiveNode Node, ColumnValues Write) Text(string name, params string?[] values) =>
        Bytes(name, LogicalType.String(), [.. values.Select(v => v is null ? null : Encoding.UTF8.GetBytes(v))]);

    public static (PrimitiveNode Node, ColumnValues Write) Fixed(string name, LogicalType logical, params byte[][] values) =>
        (new PrimitiveNode(name, Repetition.Required, logical, PhysicalType.FixedLenByteArray, values[0].Length), w =>
        {
            using var buffer = new ByteBuffer(1 << 20);
            ((ColumnWriter<FixedLenByteArray>)w).WriteBatch([.. values.Select(v => new FixedLenByteArray(Keep(buffer, v).Pointer))]);
        });

    public static byte[] Of(params (PrimitiveNode Node, ColumnValues Write)[] columns) => Of(new WriterPropertiesBuilder(), 1, columns);

    public static byte[] Of(WriterPropertiesBuilder properties, int groups, params (PrimitiveNode Node, ColumnValues Write)[] columns)
    {
        var content = new MemoryStream();
        using (var output = new ManagedOutputStream(content, leaveOpen: true))
        using (var built = properties.Build())
        using (var schema = new GroupNode("schema", Repetition.Required, [.. columns.Select(c => (Node)c.Node)]))
        using (var file = new ParquetFileWriter(output, schema, built))
        {
            for (var i = 0; i < groups; i++)
            {
                using var group = file.AppendRowGroup();
                foreach (var (_, write) in columns)
                {
                    using var writer = group.NextColumn();
                    write(writer);
                }
            }

            file.Close();
        }

        return content.ToArray();
    }

    private static ByteArray Keep(ByteBuffer buffer, byte[] value)
    {
        var room = buffer.Allocate(value.Length);
        System.Runtime.InteropServices.Marshal.Copy(value, 0, room.Pointer, value.Length);
        return room;
    }
}
