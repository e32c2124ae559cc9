using System.Text;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Why a whole record of a response is quarantined.</summary>
internal enum RestRecordFault { None, NotObject, DuplicateName, Encoding, Nul }

/// <summary>The violations of JSON records, with their texts.</summary>
internal static class RestBroken
{
    private const int LongestRaw = 1000;

    public static BrokenRecord Of(RestRecordFault fault, long position, ReadOnlySpan<byte> json, string name) =>
        new(position, Code(fault), Message(fault, position, name), Raw(json));

    private static string Code(RestRecordFault fault) => fault switch
    {
        RestRecordFault.NotObject => "json_not_object",
        RestRecordFault.DuplicateName => "json_duplicate_name",
        RestRecordFault.Nul => "json_nul",
        _ => "json_encoding",
    };

    private static Text Message(RestRecordFault fault, long position, string name) => fault switch
    {
        RestRecordFault.NotObject => new(
            $"Bản ghi thứ {position} không phải là đối tượng JSON.", $"Record {position} is no JSON object."),
        RestRecordFault.DuplicateName => new(
            $"Bản ghi thứ {position} có thuộc tính “{name}” hai lần.", $"Record {position} has the property \"{name}\" twice."),
        RestRecordFault.Nul => new(
            $"Bản ghi thứ {position} chứa ký tự NUL ở “{name}”.", $"Record {position} contains a NUL character in \"{name}\"."),
        _ => new(
            $"Bản ghi thứ {position} có byte không phải UTF-8 hoặc nửa ký tự Unicode (surrogate) ở “{name}”.",
            $"Record {position} has bytes that are no UTF-8, or half of a character (a surrogate), in \"{name}\"."),
    };

    private static string Raw(ReadOnlySpan<byte> json)
    {
        // Four bytes a character at most: more is not needed for the beginning.
        var text = Encoding.UTF8.GetString(json[..Math.Min(json.Length, LongestRaw * 4)]);
        return text.Length <= LongestRaw ? text : text[..(LongestRaw - (char.IsHighSurrogate(text[LongestRaw - 1]) ? 1 : 0))];
    }
}
